import Crypto
import Foundation
import GRDB
import Records

/// When the oldest rows of an audit log move into a file.
public struct AuditLimits: Sendable, Equatable {
    /// Rows in the database; about 400 bytes each.
    public var mostRows: Int64
    /// Rows that move at a time.
    public var rowsInSegment: Int64

    /// - Parameters:
    ///   - mostRows: 250,000 rows are about 100 MB, and a year of a small clinic.
    ///   - rowsInSegment: fewer than `mostRows`; 50,000 rows are a file of about 30 MB.
    public init(mostRows: Int64 = 250_000, rowsInSegment: Int64 = 50_000) {
        precondition(rowsInSegment > 0 && rowsInSegment < mostRows, "a segment is a part of the log")
        self.mostRows = mostRows
        self.rowsInSegment = rowsInSegment
    }
}

/// The oldest rows of an audit log, sealed in a file of lines (``AuditLine``) and removed from the database.
///
/// The log goes on from its new anchor, and its own row of kind `auditSegmentRemoved` holds the anchor and the file's
/// SHA-256. The file can be verified like any export, and moved away.
public struct AuditSegment: Sendable, Equatable {
    public var path: String
    public var sha256: Records.Digest
    /// The last row in the file.
    public var anchor: AuditHead
}

extension AuditSegment {
    /// Rows deleted in one transaction: a sender waits for it no longer than for another sender.
    private static let rowsInDeletion = 1000

    /// Moves the oldest rows into a file below the stage's folder if there are too many. A power cut at any moment
    /// loses no row, and leaves at worst a file that the next time writes anew.
    ///
    /// - Parameters:
    ///   - folder: the stage's own.
    ///   - time: when, for the row that tells of it.
    /// - Returns: what was moved; nil where there was no need.
    /// - Throws: ``SpoolError/damagedAudit(stage:fault:)`` where those rows are not intact: they stay as they are.
    public static func sealOldest(
        of stage: Stage, in database: StageDatabase, folder: String, disk: any Disk = SystemDisk(),
        at time: RecordedTime, limits: AuditLimits = .init()
    ) throws(SpoolError) -> AuditSegment? {
        try deleteRemoved(from: database)
        let pages = AuditPages(database: database)
        let (anchor, newest) = (try pages.anchor(), try pages.newest())
        guard newest.number - anchor.number > limits.mostRows else { return nil }
        let last = anchor.number + limits.rowsInSegment
        guard let hash = try pages.hash(ofRow: last) else {
            throw .damagedAudit(stage: stage, fault: .missingRows(after: last - 1, next: last + 1))
        }
        let name = name(anchor.number + 1, AuditHead(number: last, hash: hash))
        let path = "\(folder)/audit/\(name)"
        let file: any DiskFile
        do { file = try open(name, in: "\(folder)/audit", disk) } catch { throw .disk(error) }
        let written = try write(pages, through: last, of: stage, to: file)
        do {
            try file.synchronizeData()
            try disk.synchronizeFolder("\(folder)/audit")
        } catch {
            throw .disk(error)
        }
        try remove(through: written.anchor, file: written.sha256, at: time, from: database)
        try deleteRemoved(from: database)
        return AuditSegment(path: path, sha256: written.sha256, anchor: written.anchor)
    }

    /// Part of the hash keeps the files of a log apart from those of one that was there before it and is gone.
    private static func name(_ first: Int64, _ last: AuditHead) -> String {
        "\(padded(first))-\(padded(last.number))-\(last.hash.description.prefix(8)).jsonl"
    }

    /// An empty file.
    private static func open(
        _ name: String, in folder: String, _ disk: any Disk
    ) throws(DiskError) -> any DiskFile {
        try disk.createFolder(folder)
        // One that is there already was not finished: its rows are still in the database.
        if try !disk.names(in: folder).contains(name) { try disk.createFile("\(folder)/\(name)") }
        let file = try disk.open("\(folder)/\(name)", for: .writing)
        try file.truncate(to: 0)
        return file
    }

    private static func write(
        _ pages: AuditPages, through last: Int64, of stage: Stage, to file: any DiskFile
    ) throws(SpoolError) -> (anchor: AuditHead, sha256: Records.Digest) {
        var verifier = AuditVerifier(stage: stage, anchor: try pages.anchor(), expecting: nil)
        var exporter = try AuditExporter(pages, after: 0)
        var (sha256, length) = (SHA256(), Int64(0))
        while let lines = try exporter.next(through: last) {
            for row in lines.rows {
                if let fault = verifier.check(row) { throw .damagedAudit(stage: stage, fault: fault) }
            }
            do { try file.write(lines.bytes, at: length) } catch { throw .disk(error) }
            sha256.update(data: lines.bytes)
            length += Int64(lines.bytes.count)
        }
        if let fault = verifier.finish() { throw .damagedAudit(stage: stage, fault: fault) }
        guard let digest = Records.Digest(sha256.finalize()) else { preconditionFailure("SHA-256 has 32 bytes") }
        return (verifier.head, digest)
    }

    /// Moves the anchor. From now on the rows up to it are no part of the log.
    private static func remove(
        through anchor: AuditHead, file: Records.Digest, at time: RecordedTime, from database: StageDatabase
    ) throws(SpoolError) {
        let subject = AuditSubject(removedThrough: anchor, file: file)
        try database.durably { database in
            try AuditTable.append([AuditEvent(.auditSegmentRemoved, at: time, of: subject)], in: database)
            try database.execute(
                sql: "UPDATE auditChain SET anchorNumber = ?, anchorHash = ?",
                arguments: [anchor.number, Data(anchor.hash.bytes)])
        }
    }

    /// Deletes the rows up to the anchor, those included that a power cut left there.
    private static func deleteRemoved(from database: StageDatabase) throws(SpoolError) {
        var deleted = 0
        repeat {
            deleted = try database.write { database in
                try database.execute(
                    sql: """
                        DELETE FROM audit WHERE number IN (
                            SELECT number FROM audit WHERE number <= (SELECT anchorNumber FROM auditChain)
                            ORDER BY number LIMIT ?)
                        """,
                    arguments: [rowsInDeletion])
                return database.changesCount
            }
        } while deleted > 0
    }

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
