import Foundation
import Logging
import Records
import Synchronization
import Testing
import TestSupport

@testable import Appliance

@Suite("The journal and the service manager")
struct JournalTests {
    @Test("docs/OPERATIONS.md lists the message IDs of all events, and these are IDs")
    func messageIDs() throws {
        let text = try String(contentsOf: Repository.root.appending(path: "docs/OPERATIONS.md"), encoding: .utf8)
        var listed: [String: String] = [:]
        for match in text.matches(of: #/\| `(?<kind>\w+)` \| `(?<id>[0-9a-f]{32})` \|/#) {
            #expect(listed.updateValue(String(match.id), forKey: String(match.kind)) == nil)
        }
        let kinds = Event.Kind.allCases
        #expect(listed == Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue, $0.messageID) }))
        #expect(Set(kinds.map(\.messageID)).count == kinds.count)
    }

    @Test(arguments: [
        ("sopInstanceUID", "SOP_INSTANCE_UID"), ("aeTitle", "AE_TITLE"), ("tls", "TLS"),
        ("hoursUntilFull", "HOURS_UNTIL_FULL"),
    ])
    func fieldNames(name: String, field: String) {
        #expect(Event.fieldName(name) == field)
    }

    @Test("An event becomes an entry: its line, its priority, and each detail as a field of its own")
    func entry() {
        let entries = Mutex<[[JournalLogHandler.Field]]>([])
        let logger = Logger(label: "test") { _ in
            JournalLogHandler { fields in entries.withLock { $0.append(fields) } }
        }
        let events = EventLog(stage: .intake, database: nil, logger: logger)
        events.emit(Event(.associationRejected, .warning, ["peer": "CT 1\nMESSAGE=lie", "reason": "no \"room\""]))
        let entry = entries.withLock { $0 }.first ?? []
        let fields = Dictionary(entry.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(fields == [
            "MESSAGE": "intake associationRejected peer=\"CT 1 MESSAGE=lie\" reason=\"no 'room'\"", "PRIORITY": "4",
            "MESSAGE_ID": Event.Kind.associationRejected.messageID, "OUTPOST_STAGE": "intake",
            // The journal's protocol keeps a line feed within its field.
            "OUTPOST_EVENT": "associationRejected", "OUTPOST_PEER": "CT 1\nMESSAGE=lie",
            "OUTPOST_REASON": "no \"room\"",
        ])
        #expect(entry.count == fields.count)
    }

    @Test("A status is one line, whatever a peer calls itself, and no longer than a line")
    func status() {
        let lie = ServiceManager.Notification.status("Receiving from CT1\nREADY=1\u{0}").message
        #expect(lie == "STATUS=Receiving from CT1 READY=1 ")
        let long = ServiceManager.Notification.status(String(repeating: "ö", count: 10_000)).message
        #expect(long.utf8.count <= 7 + ServiceManager.Notification.longestStatus)
        #expect(long.hasSuffix("ö"))
    }

    @Test(arguments: [
        ("credential:outpost.device.key", "/c/outpost.device.key"), ("/etc/key.pem", "/etc/key.pem"),
        ("key.pem", "/f/key.pem"),
    ])
    func credentials(setting: String, path: String) throws {
        let settings = try Self.settings(key: setting, credentialsFolder: "/c")
        #expect(settings.intake.tls?.key == path)
    }

    @Test("Where there are no credentials, the setting stays as it is")
    func noCredentials() throws {
        #expect(try Self.settings(key: "credential:a.b", credentialsFolder: nil).intake.tls?.key == "credential:a.b")
    }

    @Test("A credential's name leads to no other folder", arguments: [
        "", "..", ".", "../shadow", "a/b", "a b", "ключ", String(repeating: "a", count: 65),
    ])
    func badCredentials(name: String) {
        #expect(throws: ConfigurationError.self) {
            try Self.settings(key: "credential:\(name)", credentialsFolder: "/c")
        }
    }

    private static func settings(
        key: String, credentialsFolder: String?
    ) throws(ConfigurationError) -> ApplianceConfiguration {
        let text = """
            station: {name: A}
            data_folder: /data
            intake: {ae_title: A, tls: {certificate: a.pem, key: "\(key)"}}
            """
        return try ConfigurationFile.parse(
            Array(text.utf8), file: "outpost.yaml", folder: "/f", credentialsFolder: credentialsFolder)
    }
}
