import Foundation
import Testing
import TestSupport

/// The files in `systemd/`, as systemd itself sees them.
@Suite("Units of systemd")
struct UnitFileTests {
    static let services = ["intake", "analysis", "courier", "board"]
    /// Of ten; in tenths, as systemd-analyze takes it.
    static let worstExposure = 15
    /// What an older systemd does not know yet and passes over, by the version that knows it (NEWS of systemd).
    static let newer = ["RestartSteps": 254, "RestartMaxDelaySec": 254, "ImportCredential": 254]

    /// The units with a program that is there in the place of the installed one.
    private static func copies() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let units = Repository.root.appending(path: "systemd/system")
        for name in try FileManager.default.contentsOfDirectory(atPath: units.path) {
            let text = try String(contentsOf: units.appending(path: name), encoding: .utf8)
            try text.replacing("=/usr/bin/outpost ", with: "=/bin/true ")
                .write(to: folder.file(name), atomically: true, encoding: .utf8)
        }
        return folder
    }

    private static func version() async throws -> Int {
        let words = try await Subprocess.run(["systemd-analyze", "--version"]).requireSuccess().output
            .split(whereSeparator: \.isWhitespace)
        return try #require(Int(words[1]))
    }

    @Test("systemd-analyze verify finds nothing")
    func verify() async throws {
        let folder = try Self.copies()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count >= 6)
        let result = try await Subprocess.run(
            ["systemd-analyze", "verify"] + names.map { folder.file($0).path },
            environment: ["SYSTEMD_UNIT_PATH": folder.path + ":"])
        let version = try await Self.version()
        let complaints = result.text.split(separator: "\n").filter { line in
            guard line.contains(folder.path) || line.contains("outpost") else { return false }
            let known = line.firstMatch(of: #/Unknown key (name )?'(?<key>\w+)'/#).map { String($0.key) }
            return known.flatMap { Self.newer[$0] }.map { version >= $0 } ?? true
        }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test("systemd-analyze security rates each service at 1.5 or better", arguments: services)
    func exposure(service: String) async throws {
        let folder = try Self.copies()
        let result = try await Subprocess.run([
            "systemd-analyze", "security", "--offline=yes", "--threshold=\(Self.worstExposure)",
            folder.file("outpost-\(service).service").path,
        ])
        #expect(result.status == 0, "\(result.text.suffix(300))")
        #expect(result.output.contains("Overall exposure level"))
    }

    @Test("Analysis has neither network nor secrets, and intake and courier never give up")
    func promises() throws {
        let units = Repository.root.appending(path: "systemd/system")
        var texts: [String: [Substring]] = [:]
        for service in Self.services {
            texts[service] = try String(
                contentsOf: units.appending(path: "outpost-\(service).service"), encoding: .utf8).split(separator: "\n")
        }
        let analysis = try #require(texts["analysis"])
        #expect(analysis.contains("PrivateNetwork=yes"))
        #expect(analysis.contains("RestrictAddressFamilies=AF_UNIX"))
        #expect(!analysis.contains { $0.contains("Credential") })
        #expect(analysis.contains("StartLimitAction=none"))
        for service in ["intake", "courier", "board"] {
            #expect(texts[service]?.contains("StartLimitIntervalSec=0") == true)
        }
        for service in Self.services {
            let lines = try #require(texts[service])
            #expect(lines.contains("Type=notify"))
            #expect(lines.contains("User=outpost"))
            #expect(lines.contains("CapabilityBoundingSet="))
            #expect(lines.contains("TimeoutStopSec=10s"))
            #expect(lines.contains { $0.hasPrefix("WatchdogSec=") })
            #expect(lines.contains { $0.hasPrefix("MemoryMax=") })
            #expect(!lines.contains { $0.contains("reboot") && !$0.hasPrefix("#") })
        }
    }
}
