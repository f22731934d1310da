import DICOM
import Foundation
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("Audit events")
struct AuditEventTests {
    static let hostile = [
        "", "CT1", "two\nlines", "\"quoted\",\"kind\":\"objectDeleted", "back\\slash", "nul\u{0}l", "\u{2028}\u{202E}",
        "Шевченко^Тарас", "a\u{301}\u{302}", "🏥", "\u{7F}\u{1B}[2J", String(repeating: "A", count: 1_000_000),
        String(repeating: "\n", count: 1_000_000),
    ]

    /// With a value in every field, each as long as it may be where `text` is long enough.
    private static func event(_ text: String) -> AuditEvent {
        let digest = Digest(ofData: Array(text.utf8.prefix(100)))
        let uid = UID("1." + String(repeating: "2", count: 62)) ?? UID(known: "1.2")
        var subject = AuditSubject(destination: text)
        subject.sopInstanceUID = uid
        subject.studyInstanceUID = uid
        subject.stage = .analysis
        subject.sequence = .max
        subject.sha256 = digest
        subject.clockBefore = Timestamp(microseconds: 0)
        subject.anchor = AuditHead(number: .max, hash: digest)
        let model = ModelIdentity(name: text, version: text, maker: text, intendedUse: text, sha256: digest)
        return AuditEvent(
            .auditSegmentRemoved, at: RecordedTime(Timestamp(microseconds: 0), isTrusted: false),
            by: .peer(Peer(callingAETitle: text, calledAETitle: text, address: text)), of: subject,
            model: AuditModel(model), reason: AuditReason("it is \"so\"\n", code: .min))
    }

    @Test("Whatever a peer calls itself, its event is one short line of plain JSON")
    func hostileText() throws {
        for text in Self.hostile {
            let json = Self.event(text).canonicalJSON
            #expect(json.utf8.count <= AuditEvent.longestJSON)
            #expect(json.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            #expect(fields["kind"] as? String == "auditSegmentRemoved")
            let title = try #require(fields["aeTitle"] as? String)
            #expect(title.utf8.count <= AuditText.Field.aeTitle.longest)
            #expect(title == AuditText(title, as: .aeTitle).value)
        }
        #expect(AuditText("CT1", as: .aeTitle).value == "CT1")
        #expect(AuditText("A TITLE OF SIXTEEN", as: .aeTitle).value == "A TITLE OF SIXT~")
        #expect(AuditText("SIXTEEN LETTERS.", as: .aeTitle).value == "SIXTEEN LETTERS.")
    }

    @Test("A log of hostile texts is intact, one line a row")
    func hostileLog() throws {
        let log = try AuditFixture()
        try log.database.audit(Self.hostile.map(Self.event))
        #expect(try log.verify().fault == nil)
        #expect(try log.lines().count == Self.hostile.count)
        #expect(try Verifier.run(log).exitCode == 0)
    }

    @Test("The JSON is canonical: another writer of sorted JSON makes the same bytes")
    func canonical() throws {
        let folder = try TemporaryFolder()
        let events = Self.hostile.map(Self.event) + AuditEvent.Kind.allCases.map { AuditEvent($0, at: recordedTime) }
        let lines = events.map(\.canonicalJSON).joined(separator: "\n") + "\n"
        try Data(lines.utf8).write(to: folder.file("events"))
        let script = """
            import json, sys
            for line in open(sys.argv[1]):
                print(json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")))
            """
        let output = try Tool.run(Repository.python, ["-c", script, folder.file("events").path])
        #expect(output.text == lines)
    }

    @Test("What does not apply is left out, and an unset clock is said")
    func leftOut() {
        let time = recordedTime.timestamp
        let plain = AuditEvent(.stageStopped, at: recordedTime).canonicalJSON
        #expect(plain == "{\"kind\":\"stageStopped\",\"time\":\"\(time)\"}")
        let unset = AuditEvent(.stageStopped, at: RecordedTime(time, isTrusted: false)).canonicalJSON
        #expect(unset == "{\"kind\":\"stageStopped\",\"time\":\"\(time)\",\"timeIsTrusted\":false}")
    }

    @Test("All flags at once fit into a reason; none is no reason")
    func flags() throws {
        let reason = try #require(AuditReason(InstanceFlag.allCases))
        #expect(reason.text.value == InstanceFlag.allCases.map(\.rawValue).joined(separator: " "))
        #expect(AuditReason([]) == nil)
    }

    @Test("A head is read as it is written, and nothing else is", arguments: [
        "", ":", "1", "1:", "1:00", "-1:" + String(repeating: "0", count: 64), "1:" + String(repeating: "g", count: 64),
        "1:2:" + String(repeating: "0", count: 64), " 1:" + String(repeating: "0", count: 64),
        "99999999999999999999:" + String(repeating: "0", count: 64),
    ])
    func heads(text: String) {
        #expect(AuditHead(text) == nil)
        let head = AuditHead(number: 7, hash: Digest(ofData: Array(text.utf8)))
        #expect(AuditHead(head.description) == head)
    }
}
