import DICOM
import GRDB
import Records

/// A study that was quiet long enough: the order to look at it.
public struct StudyCompletion: Sendable, Codable, Equatable {
    /// Grows with every completion; a study that was reopened has several.
    public var sequence: Int64
    public var studyInstanceUID: UID
    /// The study's newest instance at that time.
    public var throughSequence: Int64
}

/// Everything that intake owns: received instances, and the completions of their studies.
public final class IntakeSpool: Sendable {
    public let instances: InstanceStore
    private let home: StageHome

    public var database: StageDatabase { home.database }

    static let migrations: [StageHome.Migration] = [
        { database in
            try InstanceIndex.migrate(database)
            try Counters.migrate(database)
            try database.execute(sql: """
                CREATE TABLE completion (
                    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    studyInstanceUID TEXT NOT NULL,
                    throughSequence INTEGER NOT NULL,
                    UNIQUE (studyInstanceUID, throughSequence)
                ) STRICT;
                """)
            try WaitingReportTable.migrate(database)
        },
        { database in
            try CommitmentReportTable.migrate(database)
            try AuditTable.migrate(database, stage: .intake)
            try ClockTable.migrate(database)
            try ReleaseTable.migrate(database)
            try GaugeTable.migrate(database)
        },
    ]

    /// - Parameter folder: intake's own folder; made if need be.
    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        home = try StageHome(stage: .intake, folder: folder, disk: disk, migrations: Self.migrations)
        let kept = InstanceStore.Kept(counter: "instanceReceived") { instance, _ in
            AuditEvent(
                .instanceReceived, at: instance.received, by: .peer(instance.peer),
                of: AuditSubject(instance, keptBy: .intake), reason: AuditReason(instance.flags))
        }
        instances = try home.instances(of: .intake, disk: disk, kept: kept)
    }

    /// Studies with instances that no completion covers, each with its newest instance.
    public func openStudies() throws(SpoolError) -> [(studyInstanceUID: UID, newestSequence: Int64)] {
        try database.read { try CompletionTable.open(in: $0) }
    }

    /// Writes durably that the study is complete as far as `throughSequence`, once the rows up to there are written:
    /// whoever reads of a completion finds its instances.
    public func complete(study: UID, throughSequence: Int64, at time: RecordedTime) async throws(SpoolError) {
        try await instances.settle()
        try completeShown(study: study, throughSequence: throughSequence, at: time)
    }

    /// The same, where the rows are known to be written.
    package func completeShown(study: UID, throughSequence: Int64, at time: RecordedTime) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO completion (studyInstanceUID, throughSequence) VALUES (?, ?)",
                arguments: [study.value, throughSequence])
            guard database.changesCount > 0 else { return }
            let subject = AuditSubject(study: study, throughSequence: throughSequence)
            try AuditTable.append([AuditEvent(.studyCompleted, at: time, of: subject)], in: database)
        }
    }
}

extension IntakeSpool {
    /// Writes durably that a peer has to be told of a storage commitment. A report of the same transaction is replaced.
    ///
    /// - Parameter audit: what the audit log says of it.
    /// - Throws: ``SpoolError/tooManyReports(limit:)`` where `limit` reports wait already.
    public func keepReport(_ report: WaitingReport, limit: Int, audit: [AuditEvent] = []) throws(SpoolError) {
        let kept = try database.durably { database in
            guard try WaitingReportTable.count(in: database) < limit else { return false }
            try WaitingReportTable.insert(report, in: database)
            try AuditTable.append(audit, in: database)
            return true
        }
        if !kept { throw .tooManyReports(limit: limit) }
    }

    /// The reports that a peer has not taken yet, oldest first.
    public func waitingReports(for aeTitle: String, limit: Int) throws(SpoolError) -> [WaitingReport] {
        try database.read { try WaitingReportTable.reports(for: aeTitle, limit: limit, in: $0) }
    }

    /// Keeps durably what a peer reported of a storage commitment that the courier asked it for.
    ///
    /// - Throws: ``SpoolError/tooManyReports(limit:)`` where `limit` reports are kept that the courier has not read.
    public func keepCommitmentReport(_ report: String, unreadAfter cursor: Int64, limit: Int) throws(SpoolError) {
        let kept = try database.durably { database in
            try CommitmentReportTable.delete(through: cursor, in: database)
            guard try CommitmentReportTable.count(in: database) < limit else { return false }
            try CommitmentReportTable.insert(report, in: database)
            return true
        }
        if !kept { throw .tooManyReports(limit: limit) }
    }

    public func dropReport(_ transactionUID: UID) throws(SpoolError) {
        try database.durably { try WaitingReportTable.delete(transactionUID, in: $0) }
    }
}

/// Intake's database as later stages and `outpost status` see it.
public final class IntakeReader: Sendable {
    public let instances: InstanceReader
    public let database: ReadOnlyDatabase

    /// Nil while intake has never run on this folder.
    public init?(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder), disk: disk) else { return nil }
        self.database = database
        instances = InstanceReader(
            stage: .intake, database: database, folder: InstanceFolder(root: StageFiles.instances(folder), disk: disk))
    }

    /// Completions numbered above `sequence`, ascending, at most `limit`.
    public func completions(after sequence: Int64, limit: Int) throws(SpoolError) -> [StudyCompletion] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, studyInstanceUID, throughSequence FROM completion
                    WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """,
                arguments: [sequence, limit]
            ).map(CompletionTable.completion)
        }
    }

    /// Reports of storage commitments numbered above `sequence`, ascending, at most `limit`.
    public func commitmentReports(after sequence: Int64, limit: Int) throws(SpoolError) -> [CommitmentReportRow] {
        try database.read { try CommitmentReportTable.reports(after: sequence, limit: limit, in: $0) }
    }

    /// How many of a study's instances have each flag.
    public func flags(ofStudy study: UID) throws(SpoolError) -> [InstanceFlag: Int] {
        try database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT flag.value AS flag, COUNT(*) AS instances
                    FROM instance, json_each(instance.description, '$.flags') AS flag
                    WHERE studyInstanceUID = ? GROUP BY flag.value
                    """,
                arguments: [study.value])
            return rows.reduce(into: [:]) { flags, row in
                if let flag = InstanceFlag(rawValue: row["flag"]) { flags[flag] = row["instances"] }
            }
        }
    }

    /// Every study with the number of its instances and whether it still grows, newest first.
    public func studies() throws(SpoolError) -> [(studyInstanceUID: UID, instances: Int, isOpen: Bool)] {
        try database.read { database in
            let open = Set(try CompletionTable.open(in: database).map(\.studyInstanceUID))
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT studyInstanceUID, COUNT(*) AS instances FROM instance
                    GROUP BY studyInstanceUID ORDER BY MAX(sequence) DESC
                    """
            ).map { row in
                let study = try CompletionTable.uid(row["studyInstanceUID"])
                return (study, row["instances"], open.contains(study))
            }
        }
    }
}

private enum CompletionTable {
    static func open(in database: Database) throws -> [(studyInstanceUID: UID, newestSequence: Int64)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT studyInstanceUID, MAX(sequence) AS newest FROM instance GROUP BY studyInstanceUID
                HAVING newest > COALESCE((
                    SELECT MAX(throughSequence) FROM completion
                    WHERE completion.studyInstanceUID = instance.studyInstanceUID), 0)
                """
        ).map { (try uid($0["studyInstanceUID"]), $0["newest"]) }
    }

    static func completion(_ row: Row) throws -> StudyCompletion {
        StudyCompletion(
            sequence: row["sequence"], studyInstanceUID: try uid(row["studyInstanceUID"]),
            throughSequence: row["throughSequence"])
    }

    static func uid(_ text: String) throws -> UID {
        guard let uid = UID(text) else {
            throw DatabaseError(message: "a study's row holds something that is not a UID")
        }
        return uid
    }
}
