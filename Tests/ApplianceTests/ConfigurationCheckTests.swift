import Foundation
import Testing

@testable import Appliance

/// Everything is there and may be used by root; this user may not.
private struct OtherUsersDisk: ConfigurationDisk {
    func entry(at path: String) -> DiskEntry? { LocalDisk().entry(at: path) }
    func isReadable(_ path: String) -> Bool { false }
    func isWritable(_ path: String) -> Bool { false }
    func beginning(of path: String) -> String { "" }
}

/// A folder with a configuration file and what it names.
private struct Site {
    let folder = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString)")
    var file: String { folder.appending(path: "site.yaml").path }

    static let text = """
        station: {name: XRAY1}
        data_folder: data
        intake: {ae_title: OUTPOST}
        analysis:
          font: font.ttf
          models:
            - {file: chest.onnx, modalities: [DX], body_parts: [CHEST]}
        destinations:
          - name: hub
            kind: stow
            url: https://hub.example.org
            ca_certificate: ca.pem
            client_certificate: device.pem
            client_key: device.key
            send: [results]
        """

    init() throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "data"), withIntermediateDirectories: true)
        try write("site.yaml", Self.text)
        for name in ["font.ttf", "chest.onnx"] { try write(name, "x") }
        for name in ["ca.pem", "device.pem"] { try write(name, "note\n-----BEGIN CERTIFICATE-----\nAA==\n") }
        try write("device.key", "-----BEGIN EC PRIVATE KEY-----\nAA==\n")
        try setPermissions("device.key", 0o600)
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(at: folder.appending(path: name)) }

    func setPermissions(_ name: String, _ permissions: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: permissions], ofItemAtPath: folder.appending(path: name).path)
    }

    func findings() -> [String] {
        ConfigurationReport(checking: file, on: LocalDisk()).findings.map {
            "\($0.severity.rawValue) \($0.path): "
                + $0.message.replacing(folder.path + "/", with: "")
        }
    }
}

@Suite("Checking a configuration")
struct ConfigurationCheckTests {
    @Test("A good file on a good disk: every setting in plain words, nothing else")
    func good() throws {
        let site = try Site()
        defer { try? FileManager.default.removeItem(at: site.folder) }
        let report = ConfigurationReport(checking: site.file, on: LocalDisk())
        #expect(report.isUsable)
        let folder = site.folder.path
        #expect(report.lines == [
            "station: XRAY1, results in English",
            "data folder: \(folder)/data",
            "intake: OUTPOST on 0.0.0.0 port 11112",
            "intake: takes images from anyone, at most 32 associations at once",
            "intake: a study is complete 60 s after its last image",
            "intake: hangs up on a caller that does not introduce itself for 30 s or is silent for 60 s",
            "analysis: as many threads as the processor suggests, at most 1024 MB of memory a network",
            "analysis: font \(folder)/font.ttf",
            "analysis: \(folder)/chest.onnx for DX of CHEST",
            "destination hub: results to https://hub.example.org by STOW-RS, with certificate \(folder)/device.pem, "
                + "key \(folder)/device.key, authority \(folder)/ca.pem",
            "destination hub: tries again after 5 s, later every 300 s",
        ])
    }

    @Test("What is missing, empty, of the wrong kind or open to everyone is found, all at once")
    func bad() throws {
        let site = try Site()
        defer { try? FileManager.default.removeItem(at: site.folder) }
        try site.remove("data")
        try site.write("data", "a file")
        try site.remove("font.ttf")
        try site.write("chest.onnx", "")
        try site.write("device.pem", "-----BEGIN PRIVATE KEY-----\n")
        try site.setPermissions("device.key", 0o644)
        #expect(site.findings() == [
            "error data_folder: data is not a folder",
            "error analysis.font: the file font.ttf does not exist (or this user may not look into its folder)",
            "error analysis.models[1].file: the file chest.onnx is empty",
            "error destinations[1].client_certificate: device.pem is not a PEM file with a line "
                + "`-----BEGIN CERTIFICATE-----`",
            "warning destinations[1].client_key: every user can read the private key device.key; mend it with "
                + "`chmod 640 device.key`",
        ])
        #expect(!ConfigurationReport(checking: site.file, on: LocalDisk()).isUsable)
    }

    @Test("What this user may not use is found")
    func permissions() throws {
        let site = try Site()
        defer { try? FileManager.default.removeItem(at: site.folder) }
        let report = ConfigurationReport(checking: site.file, on: OtherUsersDisk())
        #expect(report.findings.map(\.path) == [
            "data_folder", "analysis.font", "analysis.models[1].file", "destinations[1].ca_certificate",
            "destinations[1].client_certificate", "destinations[1].client_key",
        ])
        #expect(report.findings.allSatisfy { $0.severity == .error && $0.message.contains("this user may not") })
    }

    @Test("A bad file: one line for each error, and the same as JSON")
    func errors() throws {
        let site = try Site()
        defer { try? FileManager.default.removeItem(at: site.folder) }
        try site.write("site.yaml", Site.text.replacing("send:", with: "sned:").replacing("XRAY1", with: "[]"))
        let report = ConfigurationReport(checking: site.file, on: LocalDisk())
        #expect(!report.isUsable)
        #expect(report.lines == [
            "\(site.file):1:17: `station.name` is a list; expected 1 to 16 ASCII letters, digits, spaces or signs, "
                + "no backslash, no space at either end",
            "\(site.file):15:5: unknown key `destinations[1].sned` on line 15; did you mean `send`?",
        ])
        let json = try #require(JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
        #expect(json["usable"] as? Bool == false)
        let issue = try #require((json["issues"] as? [[String: Any]])?.last)
        #expect(issue["line"] as? Int == 15)
        #expect(issue["column"] as? Int == 5)
        #expect(issue["path"] as? String == "destinations[1].sned")
    }

    @Test("A file that is not there, a folder, and a file without end")
    func unreadable() throws {
        #expect(ConfigurationReport(checking: "/nowhere/site.yaml", on: LocalDisk()).lines == [
            "/nowhere/site.yaml: the file cannot be read: there is no such file"
        ])
        #expect(ConfigurationReport(checking: "/tmp", on: LocalDisk()).issues.count == 1)
        #expect(ConfigurationReport(checking: "/dev/zero", on: LocalDisk()).lines == [
            "/dev/zero: the file has more than 256 KiB; this is no configuration"
        ])
    }
}
