import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("Segments of the audit log")
struct AuditSegmentTests {
    static let limits = AuditLimits(mostRows: 30, rowsInSegment: 12)

    private func seal(_ log: AuditFixture, disk: any Disk = SystemDisk()) throws -> AuditSegment? {
        try AuditSegment.sealOldest(
            of: log.stage, in: log.database, folder: log.folder.path, disk: disk, at: recordedTime, limits: Self.limits)
    }

    @Test("The oldest rows move into a file, and the log goes on from there")
    func moves() throws {
        let log = try AuditFixture()
        try log.append(30)
        #expect(try seal(log) == nil)
        let early = try log.verify().head
        try log.append(1, firstNumber: 31)
        let segment = try #require(try seal(log))
        let found = try log.verify(early)
        #expect(found.fault == nil)
        #expect(found.anchor == segment.anchor)
        #expect(found.anchor.number == 12)
        // One more row says that the others went, and with what.
        #expect(found.head.number == 32)
        let removal = try #require(try log.lines().last?.event)
        #expect(removal["kind"] as? String == "auditSegmentRemoved")
        #expect(removal["anchorNumber"] as? Int == 12)
        #expect(removal["anchorHash"] as? String == segment.anchor.hash.description)
        let file = try Data(contentsOf: URL(fileURLWithPath: segment.path))
        #expect(removal["sha256"] as? String == Digest(ofData: file).description)
    }

    @Test("Files and what is left are one chain to an outsider")
    func outsider() throws {
        let log = try AuditFixture()
        var files: [String] = []
        for number in 1...80 {
            try log.append(1, firstNumber: number)
            if let segment = try seal(log) { files.append(segment.path) }
        }
        #expect(files.count >= 4)
        let rest = log.folder.file("rest.jsonl")
        try Data(log.export()).write(to: rest)
        let whole = try Verifier.run(files + [rest.path])
        #expect(whole.text == "intake is intact to \(try log.verify().head)\n")
        #expect(try Verifier.run(Array(files.dropFirst()) + [rest.path]).exitCode == 0)
        #expect(try Verifier.run(Array(files.dropLast()) + [rest.path]).exitCode != 0)
    }

    @Test("Rows that a power cut left behind the moved anchor are no part of the log, and go the next time")
    func leftovers() throws {
        let log = try AuditFixture()
        try log.append(31)
        _ = try #require(try seal(log))
        let head = try log.verify().head
        let exported = try log.export()
        try log.tamper { try $0.execute(sql: "INSERT INTO audit VALUES (11, '{}', zeroblob(32)), (12, '{}', x'')") }
        #expect(try log.verify(head).fault == nil)
        #expect(try log.verify().rows == 20)
        #expect(try log.reader().rows() == 20)
        #expect(try log.export() == exported)
        #expect(try seal(log) == nil)
        #expect(try log.database.read { try Int64.fetchOne($0, sql: "SELECT MIN(number) FROM audit") } == 13)
    }

    @Test("A head from before the anchor is not taken for an intact log")
    func oldHead() throws {
        let log = try AuditFixture()
        try log.append(5)
        let old = try log.verify().head
        try log.append(30, firstNumber: 6)
        let anchor = try #require(try seal(log)).anchor
        #expect(try log.verify(old).fault == .headRemoved(expected: old, anchor: anchor.number))
        #expect(try log.verify(anchor).fault == nil)
        let other = AuditHead(number: anchor.number, hash: Digest(ofData: [1]))
        #expect(try log.verify(other).fault == .headDiffers(expected: other))
    }

    @Test("Rows that are not intact stay where they are")
    func damaged() throws {
        let log = try AuditFixture()
        try log.append(40)
        try log.tamper { try $0.execute(sql: "UPDATE audit SET event = '{}' WHERE number = 7") }
        #expect(throws: SpoolError.damagedAudit(stage: .intake, fault: .changedEvent(number: 7))) { try seal(log) }
        #expect(try log.verify().anchor == AuditHash.start)
    }

    @Test("A log that begins anew does not touch the files of the one before it")
    func newLog() throws {
        let first = try AuditFixture()
        try first.append(31)
        let kept = try #require(try seal(first))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: kept.path))
        let second = try AuditFixture()
        try second.append(31, firstNumber: 2)
        let segment = try #require(try AuditSegment.sealOldest(
            of: second.stage, in: second.database, folder: first.folder.path, at: recordedTime, limits: Self.limits))
        #expect(segment.path != kept.path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: kept.path)) == bytes)
    }

    @Test("A row that is missing at a segment's end keeps the segment from going", arguments: [11, 12])
    func missing(number: Int64) throws {
        let log = try AuditFixture()
        try log.append(40)
        try log.tamper { try $0.execute(sql: "DELETE FROM audit WHERE number = ?", arguments: [number]) }
        #expect(throws: SpoolError.self) { try seal(log) }
        #expect(try log.verify().fault == .missingRows(after: number - 1, next: number + 1))
        #expect(try log.verify().anchor == AuditHash.start)
    }

    @Test("A disk that fails loses no row, and the next time it works", arguments: [
        FaultyDisk.Operation.createFile, .write, .synchronizeData, .synchronizeFolder,
    ])
    func failingDisk(_ operation: FaultyDisk.Operation) throws {
        let log = try AuditFixture()
        try log.append(40)
        let disk = FaultyDisk()
        disk.fail(operation, with: ENOSPC)
        #expect(throws: SpoolError.self) { try seal(log, disk: disk) }
        #expect(try log.verify().rows == 40)
        disk.fail(operation, with: nil)
        let segment = try #require(try seal(log, disk: disk))
        #expect(try Verifier.run([segment.path]).exitCode == 0)
        #expect(try log.verify().fault == nil)
    }
}
