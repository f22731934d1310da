import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("The audit chain")
struct AuditChainTests {
    @Test("A log that only grew is intact, row by row and in batches", arguments: [1, 3, 1000])
    func intact(together: Int) throws {
        let log = try AuditFixture()
        try log.append(57, together: together)
        let found = try log.verify()
        #expect(found.fault == nil)
        #expect(found.rows == 57)
        #expect(found.anchor == AuditHash.start)
        #expect(try log.verify(found.head).fault == nil)
    }

    @Test("An empty log is intact, and its first rows say that it began")
    func beginning() throws {
        let log = try AuditFixture(.courier)
        #expect(try log.verify() == AuditVerification(stage: .courier, anchor: AuditHash.start, head: AuditHash.start))
        try log.database.auditStart(of: .courier, at: recordedTime)
        try log.database.auditStart(of: .courier, at: recordedTime)
        let kinds = try log.lines().map { try #require($0.event["kind"] as? String) }
        #expect(kinds == ["auditStarted", "stageStarted", "stageStarted"])
        #expect(try log.verify().fault == nil)
    }

    @Test("An effect that is rolled back takes its row along")
    func rollback() throws {
        struct Refused: Error {}
        let log = try AuditFixture()
        try log.append(3)
        let head = try log.verify().head
        #expect(throws: SpoolError.self) {
            try log.database.write { database in
                try AuditTable.append([event(4)], in: database)
                throw Refused()
            }
        }
        #expect(try log.verify().head == head)
        try log.append(1, firstNumber: 5)
        #expect(try log.verify(head).rows == 4)
    }

    @Test("The same events make the same hashes; the stage is part of them")
    func domain() throws {
        let logs = try [AuditFixture(.intake), AuditFixture(.intake), AuditFixture(.courier)]
        for log in logs { try log.append(5) }
        let heads = try logs.map { try $0.verify().head }
        #expect(heads[0] == heads[1])
        #expect(heads[0] != heads[2])
    }

    @Test("The schema itself keeps our own mistakes out")
    func constraints() throws {
        let log = try AuditFixture()
        try log.append(5)
        for sql in [
            "UPDATE audit SET event = '{}' WHERE number = 2", "DELETE FROM audit WHERE number = 5",
            "INSERT INTO audit VALUES (7, '{}', zeroblob(32))", "INSERT INTO audit VALUES (6, 'no JSON', zeroblob(32))",
            "INSERT INTO audit VALUES (6, '{}', zeroblob(31))",
            "INSERT OR REPLACE INTO audit VALUES (3, '{}', zeroblob(32))",
        ] {
            #expect(throws: SpoolError.self, "\(sql)") { try log.database.write { try $0.execute(sql: sql) } }
        }
        #expect(try log.verify().fault == nil)
    }

    @Test("No sequence of appends and removals breaks the chain", arguments: 1...8)
    func property(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let log = try AuditFixture(Stage.allCases.randomElement(using: &chance) ?? .intake)
        let limits = AuditLimits(mostRows: 40, rowsInSegment: 15)
        var (written, heads) = (0, [AuditHead]())
        for _ in 0..<60 {
            let events = (0..<Int.random(in: 0...7, using: &chance)).map { _ in Self.anyEvent(&chance) }
            if Bool.random(using: &chance) {
                try log.database.audit(events)
            } else {
                try log.database.write { try AuditTable.append(events, in: $0) }
            }
            written += events.count
            heads.append(try log.reader().newest())
            let segment = try AuditSegment.sealOldest(
                of: log.stage, in: log.database, folder: log.folder.path, at: recordedTime, limits: limits)
            if segment != nil { written += 1 }
        }
        let found = try log.verify()
        #expect(found.fault == nil)
        #expect(found.head.number == Int64(written))
        for head in heads where head.number >= found.anchor.number { #expect(try log.verify(head).fault == nil) }
        #expect(try Verifier.run(log).exitCode == 0)
    }

    private static func anyEvent(_ chance: inout SeededGenerator) -> AuditEvent {
        let text = String((0..<Int.random(in: 0...300, using: &chance)).map { _ in
            Character(UnicodeScalar(UInt8.random(in: .min ... .max, using: &chance)))
        })
        var event = event(Int.random(in: 1...1000, using: &chance))
        event.kind = AuditEvent.Kind.allCases.randomElement(using: &chance) ?? .objectDeleted
        event.actor = Bool.random(using: &chance) ? .account(named: text) : .appliance
        event.time.isTrusted = Bool.random(using: &chance)
        event.subject.destination = AuditText(text, as: .destination)
        event.reason = AuditReason("it was so", code: Int.random(in: -5...70_000, using: &chance))
        return event
    }

    @Test("A reader that follows the log while it grows and while segments go always finds it intact")
    func concurrency() async throws {
        let log = try AuditFixture()
        try log.append(50)
        let (database, folder, stage) = (log.database, log.folder, log.stage)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let limits = AuditLimits(mostRows: 300, rowsInSegment: 100)
                for number in 1...1500 {
                    try database.write { try AuditTable.append([event(number)], in: $0) }
                    _ = try AuditSegment.sealOldest(
                        of: stage, in: database, folder: folder.path, at: recordedTime, limits: limits)
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    let reader = try #require(try AuditReader(stage: stage, folder: folder.path))
                    var newest: Int64 = 0
                    for _ in 0..<60 {
                        let found = try reader.verify()
                        #expect(found.fault == nil)
                        #expect(found.head.number >= newest)
                        newest = found.head.number
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try log.verify().fault == nil)
    }

    @Test("A long log is followed a page at a time, to its last row")
    func longLog() throws {
        let log = try AuditFixture()
        let same = Array(repeating: event(1), count: 1000)
        for _ in 0..<100 { try log.database.write { try AuditTable.append(same, in: $0) } }
        var looks: [Int64] = []
        let found = try log.reader().verify { looks.append($0) }
        #expect(found.fault == nil)
        #expect(found.rows == 100_000)
        // No more than a page is ever held.
        #expect(zip([0] + looks, looks).allSatisfy { (1...Int64(AuditPages.rowsInPage)).contains($1 - $0) })
        var (lines, pages) = (0, 0)
        try log.reader().export { bytes, _ in
            lines += bytes.count { $0 == UInt8(ascii: "\n") }
            pages += 1
        }
        #expect(lines == 100_000)
        #expect(pages >= 100_000 / AuditPages.rowsInPage)
    }

    @Test("A stage that never ran, or keeps no log yet, has no reader")
    func noLog() throws {
        let folder = try TemporaryFolder()
        #expect(try AuditReader(stage: .intake, folder: folder.path) == nil)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try ClockTable.migrate($0) }
        _ = try StageDatabase(path: StageFiles.database(folder.path), disk: SystemDisk(), migrator: migrator)
        #expect(try AuditReader(stage: .intake, folder: folder.path) == nil)
    }
}
