import Foundation
import GRDB
import Records

/// What the spool of every stage stands on: its folder, held by this process alone, and its database.
struct StageHome: Sendable {
    typealias Migration = @Sendable (Database) throws -> Void

    let folder: String
    let database: StageDatabase
    /// The database that was there before, where it was broken.
    let setAside: RecoveryReport.SetAside?
    /// Holds the folder for as long as it lives.
    private let lock: StageLock

    /// - Parameters:
    ///   - folder: the stage's own folder; made if need be.
    ///   - migrations: in order; each is named by its place and frozen once shipped.
    init(
        stage: Stage, folder: String, disk: any Disk, migrations: [Migration]
    ) throws(SpoolError) {
        do throws(DiskError) {
            try disk.createFolder(folder)
            // A process may have ended between making one of these and that.
            for slash in folder.indices.reversed() where folder[slash] == "/" {
                try Self.synchronize(slash == folder.startIndex ? "/" : String(folder[..<slash]), on: disk)
            }
            // Holds the instances' folder.
            try disk.synchronizeFolder(folder)
        } catch {
            throw .disk(error)
        }
        lock = try StageLock(stage: stage, folder: folder, disk: disk)
        (database, setAside) = try Self.open(
            StageFiles.database(folder), disk: disk, migrator: Self.migrator(migrations))
        self.folder = folder
    }

    /// What brings the database of `stage` up to date.
    static func migrator(of stage: Stage) -> DatabaseMigrator {
        switch stage {
        case .intake: migrator(IntakeSpool.migrations)
        case .analysis: migrator(AnalysisSpool.migrations)
        case .courier: migrator(CourierSpool.migrations)
        case .board: migrator(BoardSpool.migrations)
        }
    }

    private static func migrator(_ migrations: [Migration]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (index, migration) in migrations.enumerated() {
            migrator.registerMigration("\(index + 1)", migrate: migration)
        }
        return migrator
    }

    /// Makes the names in a folder durable, unless it is one in which nobody here can have made any.
    private static func synchronize(_ folder: String, on disk: any Disk) throws(DiskError) {
        do throws(DiskError) {
            try disk.synchronizeFolder(folder)
        } catch where [EACCES, EROFS, EINVAL].contains(error.errorNumber) {
            // Another account's, or of a file system that is never written to: those refuse fsync(2).
        }
    }

    private static func open(
        _ path: String, disk: any Disk, migrator: DatabaseMigrator
    ) throws(SpoolError) -> (StageDatabase, RecoveryReport.SetAside?) {
        let broken = BrokenDatabases(path: path, disk: disk)
        do { try broken.setAsideLog() } catch { throw .disk(error) }
        let database: StageDatabase
        var setAside: RecoveryReport.SetAside?
        do throws(SpoolError) {
            database = try StageDatabase(path: path, disk: disk, migrator: migrator)
        } catch .brokenDatabase(_, let what) {
            do throws(DiskError) {
                setAside = .init(path: try broken.setAside(), reason: what)
            } catch {
                throw .disk(error)
            }
            database = try StageDatabase(path: path, disk: disk, migrator: migrator)
        }
        try broken.skipNumbers(in: database)
        return (database, setAside)
    }

    /// The store of the objects that the stage keeps.
    ///
    /// - Parameter kept: what the stage says of each.
    func instances(of stage: Stage, disk: any Disk, kept: InstanceStore.Kept) throws(SpoolError) -> InstanceStore {
        try InstanceStore(
            stage: stage, root: folder, database: database, setAside: setAside, disk: disk, kept: kept)
    }
}
