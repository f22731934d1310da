import DICOM
import Foundation
import GRDB
import Records
@testable import Spool
import TestSupport

/// A stage with an audit log and nothing else, and the hands of somebody who tampers with it.
final class AuditFixture {
    let folder: TemporaryFolder
    let stage: Stage
    let database: StageDatabase

    init(_ stage: Stage = .intake) throws {
        folder = try TemporaryFolder()
        self.stage = stage
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try AuditTable.migrate(database, stage: stage)
            try ClockTable.migrate(database)
        }
        database = try StageDatabase(path: StageFiles.database(folder.path), disk: SystemDisk(), migrator: migrator)
    }

    /// Adds `count` events, in transactions of `together`.
    func append(_ count: Int, together: Int = 1, firstNumber: Int = 1) throws {
        var number = firstNumber
        while number < firstNumber + count {
            let events = (number..<min(number + together, firstNumber + count)).map { event($0) }
            try database.write { try AuditTable.append(events, in: $0) }
            number += together
        }
    }

    /// Writes a floor of the clock down.
    func keep(floor: Timestamp) throws { try database.durably { try ClockTable.keep(floor, in: $0) } }

    func reader() throws -> AuditReader {
        guard let reader = try AuditReader(stage: stage, folder: folder.path) else {
            throw TestSupportError("there is no log")
        }
        return reader
    }

    func verify(_ head: AuditHead? = nil) throws -> AuditVerification { try reader().verify(expecting: head) }

    func export(after number: Int64 = 0) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try reader().export(after: number) { lines, _ in bytes += lines }
        return bytes
    }

    /// Changes the log as somebody with the file in hand can, past all constraints.
    func tamper(_ body: (Database) throws -> Void) throws {
        try database.write { database in
            for trigger in ["auditGrowsWithoutGaps", "auditIsNeverChanged", "auditIsRemovedBySegment"] {
                try database.execute(sql: "DROP TRIGGER IF EXISTS \(trigger)")
            }
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try body(database)
        }
    }

    /// Seals the rows from `first` on anew, as somebody can who knows the hash.
    func sealAnew(from first: Int64, in database: Database) throws {
        let previous = try Data.fetchOne(
            database, sql: "SELECT hash FROM audit WHERE number = ?", arguments: [first - 1])
        var head = previous.flatMap { Records.Digest($0) } ?? AuditHash.start.hash
        let rows = try Row.fetchAll(
            database, sql: "SELECT number, event FROM audit WHERE number >= ? ORDER BY number", arguments: [first])
        for row in rows {
            let (number, event): (Int64, String) = (row["number"], row["event"])
            head = AuditHash.of(event.utf8, number: number, after: head, in: stage)
            try database.execute(
                sql: "UPDATE audit SET hash = ? WHERE number = ?", arguments: [Data(head.bytes), number])
        }
    }
}

let recordedTime = RecordedTime(Timestamp(microseconds: 1_800_000_000_000_000), isTrusted: true)

/// The reception of an object, a different one for each number.
func event(_ number: Int) -> AuditEvent {
    let uid = UID("1.2.3.\(number)") ?? UID(known: "1.2")
    let instance = StoredInstance(
        sequence: Int64(number), sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid,
        studyInstanceUID: UID(known: "1.9.1"), seriesInstanceUID: UID(known: "1.9.1.1"),
        transferSyntax: .explicitVRLittleEndian, dataSetLength: 1, sha256: Digest(ofData: [UInt8(number & 255)]),
        peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"),
        received: recordedTime, modality: "CT", bodyPartExamined: nil)
    return AuditEvent(
        .instanceReceived, at: recordedTime, by: .peer(instance.peer), of: AuditSubject(instance, keptBy: .intake))
}
