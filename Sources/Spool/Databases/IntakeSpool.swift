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
    public let database: StageDatabase
    private let lock: StageLock

    /// - Parameter folder: intake's own folder; made if need be.
    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        do { try disk.createFolder(folder) } catch { throw .disk(error) }
        lock = try StageLock(stage: .intake, folder: folder)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
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
        }
        database = try StageDatabase(path: StageFiles.database(folder), migrator: migrator)
        instances = try InstanceStore(
            stage: .intake, root: folder, database: database, disk: disk,
            counters: KeepingCounters(new: "instanceReceived", conflict: "instanceConflict"))
    }

    /// Studies with instances that no completion covers, each with its newest instance.
    public func openStudies() throws(SpoolError) -> [(studyInstanceUID: UID, newestSequence: Int64)] {
        try database.read { try CompletionTable.open(in: $0) }
    }

    /// Writes durably that the study is complete as far as `throughSequence`.
    public func complete(study: UID, throughSequence: Int64) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO completion (studyInstanceUID, throughSequence) VALUES (?, ?)",
                arguments: [study.value, throughSequence])
        }
    }
}

/// Intake's database as later stages and `outpost status` see it.
public final class IntakeReader: Sendable {
    public let instances: InstanceReader
    public let database: ReadOnlyDatabase

    /// Nil while intake has never run on this folder.
    public init?(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder)) else { return nil }
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
