import Foundation
import Testing
import TestSupport

@testable import Appliance

/// The same numbers for every test.
private func pseudonyms() -> Pseudonyms {
    var generator = SeededGenerator(seed: 7)
    return Pseudonyms(generator: &generator)
}

@Suite("What a support bundle shows")
struct DisclosureTests {
    @Test("Somebody has decided on every key of the schema")
    func everyKey() throws {
        let url = Repository.root.appendingPathComponent("provisioning/sites/example.yaml")
        let collector = IssueCollector()
        let node = try #require(YAMLDocument.read(Array(try Data(contentsOf: url)), collector))
        _ = ConfigurationSchema.root.read(SettingContext(node: node, path: "", folder: "/", collector: collector))
        for key in collector.keys where ConfigurationDisclosure.rules[key.path] == nil {
            let isGroup = ConfigurationDisclosure.rules.keys.contains { rule in
                rule.hasPrefix(key.path + ".") || rule.hasPrefix(key.path + "[")
            }
            #expect(isGroup, "`\(key.path)`: say in ConfigurationDisclosure whether a support bundle shows it")
        }
    }

    @Test("Settings are shown by their keys; comments, unknown keys and paths of URLs are not")
    func configuration() {
        let text = """
            # Call Ivan Sentinel, 555-0199
            station: {name: XRAY1}
            data_folder: /var/lib/outpost
            intake: {ae_title: OUTPOST, calling_ae_titles: [CT1, CT2], password: hunter2}
            sekret: hunter3
            destinations:
              - {name: hub, kind: stow, url: "https://hub.example.org:8443/token-hunter4/studies", send: [results]}
            """
        let lines = ConfigurationDisclosure.lines(Array(text.utf8))
        #expect(lines.contains("station.name = XRAY1"))
        #expect(lines.contains("intake.calling_ae_titles[2] = CT2"))
        #expect(lines.contains("destinations[1].url = https://hub.example.org:8443/…"))
        #expect(lines.contains("destinations[1].send[1] = results"))
        #expect(lines.filter { $0.hasSuffix("(an unknown key)") }.count == 2)
        let all = lines.joined(separator: "\n")
        for secret in ["Sentinel", "555", "hunter", "password", "sekret"] {
            #expect(!all.contains(secret), "\(secret)")
        }
    }

    @Test("A file that is no YAML shows nothing")
    func noYAML() {
        #expect(ConfigurationDisclosure.lines(Array("station: [unclosed".utf8)) == [])
        #expect(ConfigurationDisclosure.lines([0xFF, 0xFE, 0x00]) == [])
    }

    @Test("Of an event: the box's details, names for UIDs, and nothing else", arguments: [
        ("intake instanceReceived sequence=4 sopInstanceUID=1.2.826.0.1.3680043.2.1125.9 bytes=77 peer=CT1",
            "intake instanceReceived sequence=4 sopInstanceUID=ID bytes=77 peer=CT1"),
        ("analysis imageAnalysed model=chest version=1.0.0 finding=Nodule probability=0.93 present=true",
            "analysis imageAnalysed model=chest version=1.0.0 finding=… probability=… present=…"),
        ("courier queueChanged account=\"root (sudo: sentinel)\" act=retry parcels=3",
            "courier queueChanged account=… act=retry parcels=3"),
        ("2026-11-21T22:00:00+0000 notice outpost: [outpost] intake started",
            "intake started"),
        ("courier deliveryRetried reason=\"no 2.25.329800735698586629295641978511506172918 at 10.0.0.7\"",
            "courier deliveryRetried reason=no ID at 10.0.0.7"),
        ("intake instanceReceived newDetail=Sentinel Sentinel^Patient", "intake instanceReceived newDetail=… …"),
        ("outpost/Foo.swift:7: Fatal error: Index out of range", "Fatal error: Index out of range"),
    ])
    func event(line: String, shown: String) throws {
        let text = try #require(JournalDisclosure(pseudonyms: pseudonyms()).disclose(line))
        #expect(text.replacing(/id-[0-9a-f]{16}/, with: "ID") == shown)
    }

    @Test("What nobody knows is withheld and counted", arguments: [
        "Sentinel^Patient", "", "intake", "intake Sentinel^Patient", "{\"name\": \"Sentinel\"}",
    ])
    func unknown(line: String) throws {
        var disclosure = JournalDisclosure(pseudonyms: pseudonyms())
        let entry = ["MESSAGE": line, "_SYSTEMD_UNIT": "outpost-intake.service", "_PID": "77"]
        disclosure.add(try JSONSerialization.data(withJSONObject: entry))
        #expect(disclosure.entries == [])
        #expect(disclosure.withheld == 1)
    }

    @Test("Lines of a journal: the manager's words stay, broken ones are counted")
    func journal() throws {
        var disclosure = JournalDisclosure(pseudonyms: pseudonyms())
        disclosure.add(Data("""
            {"MESSAGE":"Started outpost-intake.service.","_PID":"1","UNIT":"outpost-intake.service","PRIORITY":"6"}
            {"MESSAGE":"intake started","_PID":"77","_SYSTEMD_UNIT":"a.service","__REALTIME_TIMESTAMP":"17"}
            {"MESSAGE":[83,101,110],"_PID":"77"}
            {"MESSAGE":null}
            not json
            [1, 2]

            """.utf8))
        #expect(disclosure.entries == [
            .init(microseconds: nil, unit: "outpost-intake.service", priority: "6",
                message: "Started outpost-intake.service."),
            .init(microseconds: "17", unit: "a.service", priority: nil, message: "intake started"),
        ])
        #expect(disclosure.withheld == 4)
    }

    @Test("The same identifier has the same name within a bundle, and another one in the next")
    func names() {
        var random = SystemRandomNumberGenerator()
        let one = Pseudonyms(generator: &random), other = Pseudonyms(generator: &random)
        #expect(one.name("1.2.3") == one.name("1.2.3"))
        #expect(one.name("1.2.3") != one.name("1.2.4"))
        #expect(one.name("1.2.3") != other.name("1.2.3"))
    }
}

@Suite("How the data is encrypted")
struct DataEncryptionTests {
    @Test("What the start of the box wrote down is told with how strong it is; otherwise nothing is", arguments: [
        (#"{"cipher": "aes-xts-plain64", "key": "tpm2"}"#, "TPM"),
        (#"{"cipher": "xchacha12,aes-adiantum-plain64", "key": "boot-partition"}"#, "whoever has the whole box"),
        (#"{"cipher": "aes-xts-plain64", "key": "smart-card"}"#, "smart-card"),
        (#"{"cipher": 7}"#, nil), ("", nil), (nil, nil),
    ] as [(String?, String?)])
    func told(file: String?, part: String?) throws {
        let folder = try TemporaryFolder()
        let places = BoxPlaces(root: folder.path)
        try FileManager.default.createDirectory(atPath: places.runtimeFolder, withIntermediateDirectories: true)
        if let file { try Data(file.utf8).write(to: URL(fileURLWithPath: places.encryption)) }
        let text = "station: {name: A}\ndata_folder: \(folder.path)/data\nintake: {ae_title: A}\n"
        let settings = try ConfigurationFile.parse(Array(text.utf8), file: "test", folder: "/")
        let lines = try ApplianceStatus(settings, in: places).lines.filter { $0.hasPrefix("data: ") }
        #expect(lines.count == (part == nil ? 0 : 1))
        if let part { #expect(lines.first?.contains(part) == true, "\(lines)") }
    }
}
