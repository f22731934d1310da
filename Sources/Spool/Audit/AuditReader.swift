import Foundation
import Records

/// What looking through an audit log found.
public struct AuditVerification: Sendable, Equatable {
    public var stage: Stage
    /// The place after which the log begins; number 0 where nothing was removed.
    public var anchor: AuditHead
    /// The newest row that was found good. Noted elsewhere, it shows later whether anything up to it was changed.
    public var head: AuditHead
    /// The first thing that is wrong; nil where the log is intact.
    public var fault: AuditFault?

    /// Rows that were found good.
    public var rows: Int64 { head.number - anchor.number }
}

/// A stage's audit log, read only: what `outpost audit` looks at.
public final class AuditReader: Sendable {
    public let stage: Stage
    private let database: ReadOnlyDatabase
    private let pages: AuditPages

    /// Nil while the stage has never run on this folder, or has kept no log.
    ///
    /// - Parameter folder: the stage's own.
    public init?(stage: Stage, folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        self.stage = stage
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder), disk: disk) else { return nil }
        self.database = database
        guard try database.read({ try $0.tableExists("auditChain") }) else { return nil }
        pages = AuditPages(database: database)
    }

    /// How many rows there are behind `number`, by their numbers.
    public func rows(after number: Int64 = 0) throws(SpoolError) -> Int64 {
        try pages.count(after: number)
    }

    /// The newest row, unverified.
    public func newest() throws(SpoolError) -> AuditHead { try pages.newest() }

    /// Follows the log from its beginning to its end, in memory that does not grow with it.
    ///
    /// What it found good is durable when it returns, so that the head can be noted: a power cut does not take it back.
    ///
    /// - Parameters:
    ///   - expected: a head from an earlier time, through which the log must pass.
    ///   - progress: called now and then with how many rows were looked at.
    public func verify(
        expecting expected: AuditHead? = nil, progress: (Int64) -> Void = { _ in }
    ) throws(SpoolError) -> AuditVerification {
        var (verifier, fault) = try follow(expecting: expected, progress: progress)
        // Segments may be removed while this reads. What is left begins elsewhere then, and is followed from there.
        while fault != nil, try pages.anchor() != verifier.anchor {
            (verifier, fault) = try follow(expecting: expected, progress: progress)
        }
        try database.makeDurable()
        return AuditVerification(stage: stage, anchor: verifier.anchor, head: verifier.head, fault: fault)
    }

    /// Writes the rows behind `number` as lines of JSON (`AuditLine`), unverified, one page at a time.
    ///
    /// - Parameter write: takes some whole lines; may take its time.
    ///
    /// - Throws: ``SpoolError``, and whatever `write` throws.
    public func export(
        after number: Int64 = 0, write: (_ lines: [UInt8], _ rows: Int64) throws -> Void
    ) throws {
        var exporter = try AuditExporter(pages, after: number)
        while let lines = try exporter.next() { try write(lines.bytes, Int64(lines.rows.count)) }
    }

    private func follow(
        expecting expected: AuditHead?, progress: (Int64) -> Void
    ) throws(SpoolError) -> (AuditVerifier, AuditFault?) {
        var page = try pages.rows(after: 0)
        var verifier = AuditVerifier(stage: stage, anchor: page.anchor, expecting: expected)
        guard page.stage == stage else { return (verifier, .otherStage(found: page.stage)) }
        if let fault = verifier.begin() { return (verifier, fault) }
        while let last = page.rows.last {
            for row in page.rows {
                if let fault = verifier.check(row) { return (verifier, fault) }
            }
            progress(last.number - verifier.anchor.number)
            page = try pages.rows(after: last.number)
        }
        if let fault = verifier.finish() { return (verifier, fault) }
        if verifier.anchor.number > 0, try !pages.attests(removalThrough: verifier.anchor) {
            return (verifier, .unattestedAnchor(verifier.anchor))
        }
        return (verifier, nil)
    }
}
