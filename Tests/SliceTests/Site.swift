import Foundation
import Testing
import TestSupport

/// A clinic in a folder: Outpost with its configuration, a PACS, a hub, and the objects that modalities send.
final class Site: Sendable {
    let folder: TemporaryFolder
    let pacs: PeerProgram
    let hub: PeerProgram
    let port: Int
    let configuration: URL

    /// - Parameters:
    ///   - intake: further settings of the receiver, as YAML.
    ///   - commits: whether the PACS is asked for storage commitment; then it knows where Outpost listens.
    init(
        quietSeconds: Int = 1, pacsPort: Int? = nil, intake: String = "", port: Int? = nil, commits: Bool = false
    ) async throws {
        folder = try TemporaryFolder()
        self.port = try port ?? freePort()
        pacs = try await PeerProgram(
            "orthanc", folder: folder.file("pacs"),
            ["--ae-title", "PACS"] + (commits ? ["--peer", "OUTPOST:\(self.port)"] : []))
        hub = try await .hub(folder.file("hub"))
        configuration = folder.file("outpost.yaml")
        let dicomPort = try #require(pacs.ready.dicomPort)
        let stow = try #require(hub.ready.stow)
        try """
            station: {name: OUTPOST-TEST, language: uk}
            data_folder: \(folder.file("data").path)
            intake: {ae_title: OUTPOST, address: 127.0.0.1, port: \(self.port), study_quiet_seconds: \(quietSeconds)
                \(intake)}
            analysis:
              models:
                - file: \(Site.model.path)
                  modalities: [DX, CR]
                  body_parts: [CHEST]
            destinations:
              - {name: pacs, kind: dicom, host: 127.0.0.1, port: \(pacsPort ?? dicomPort), ae_title: PACS,
                 send: [results, images], retry_minimum_seconds: 1, retry_maximum_seconds: 2,
                 storage_commitment: \(commits ? "yes" : "no")}
              - {name: hub, kind: stow, url: "\(stow)", send: [results, images],
                 ca_certificate: \(hub.certificate("ca.pem")), client_certificate: \(hub.certificate("client.pem")),
                 client_key: \(hub.certificate("client.key")), retry_minimum_seconds: 1, retry_maximum_seconds: 2}
            """.write(to: configuration, atomically: true, encoding: .utf8)
    }

    static let model = Repository.root.appendingPathComponent("provisioning/models/chest-nodule/chest-nodule.onnx")

    /// The program under test, built beside the tests.
    static var program: String {
        ProcessInfo.processInfo.environment["OUTPOST_PROGRAM"]
            ?? Repository.root.appendingPathComponent(".build/debug/outpost").path
    }

    func start(_ unit: String = "run") throws -> Subprocess {
        try Subprocess([Self.program, unit, "--config", configuration.path])
    }

    func run(_ arguments: [String]) async throws -> Subprocess.Result {
        try await Subprocess.run([Self.program] + arguments + ["--config", configuration.path])
    }

    func status() async throws -> SiteStatus {
        let result = try await run(["status", "--json"]).requireSuccess()
        return try JSONDecoder().decode(SiteStatus.self, from: Data(result.output.utf8))
    }

    /// Until a C-ECHO succeeds.
    func listening() async throws {
        try await eventually("an answer to C-ECHO") {
            try await Subprocess.run(["echoscu", "-aec", "OUTPOST", "127.0.0.1", "\(port)"]).status == 0
        }
    }

    func settled(instances: Int) async throws -> SiteStatus {
        nonisolated(unsafe) var last: SiteStatus?
        try await eventually("the delivery of everything", within: patience * 3) {
            let status = try await status()
            last = status
            return status.settled && status.studies.reduce(0) { $0 + $1.instances } >= instances
        }
        return try #require(last)
    }

    /// One `storescu` for all `files`; dcmtk's own exit status.
    func send(_ files: [URL], _ options: [String] = []) async throws -> Subprocess.Result {
        try await Subprocess.run(
            ["storescu"] + options + ["-aec", "OUTPOST", "127.0.0.1", "\(port)"] + files.map(\.path))
    }

    func phantom(seed: Int, nodule: Bool = true) async throws -> URL {
        let script = Repository.root.appendingPathComponent("provisioning/models/chest-nodule/phantom.py").path
        let file = folder.file("phantom-\(seed).dcm")
        try await Subprocess.run([
            Repository.python, script, "--seed", "\(seed)", nodule ? "--nodule" : "--no-nodule", "--rows", "256",
            "--columns", "256", "--out", file.path,
        ]).requireSuccess()
        return file
    }
}

/// The part of `outpost status --json` that tests look at.
struct SiteStatus: Decodable {
    struct Unit: Decodable {
        var stage: String
        var running: Bool
        var counters: [String: Int]
    }
    struct Study: Decodable {
        struct Skipped: Decodable { var reason: String }
        struct Finding: Decodable {
            var probability: Double
            var present: Bool
            var intendedUse: String
        }
        var studyInstanceUID: String
        var instances: Int
        var analysed: Int
        var notAnalysed: [Skipped]
        struct Flag: Decodable {
            var flag: String
            var instances: Int
        }
        var findings: [Finding]
        var flags: [Flag]
    }
    struct Queue: Decodable {
        var destination: String
        var delivered: Int
        var committed: Int
        var waiting: Int
        var refused: Int
        var lastError: String?
    }
    var settled: Bool
    var units: [Unit]
    var studies: [Study]
    var queues: [Queue]

    func counter(_ name: String) -> Int { units.reduce(0) { $0 + ($1.counters[name] ?? 0) } }
    func queue(_ name: String) throws -> Queue { try #require(queues.first { $0.destination == name }) }
}

extension Subprocess {
    /// The most memory that the program has had resident (`VmHWM`).
    func peakMemoryKiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }
}
