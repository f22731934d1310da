import GRDB
import Records

/// What the spool of every stage stands on: its folder, held by this process alone, and its database.
struct StageHome: Sendable {
    let folder: String
    let database: StageDatabase
    /// Holds the folder for as long as it lives.
    private let lock: StageLock

    /// - Parameters:
    ///   - folder: the stage's own folder; made if need be.
    ///   - migrations: in order; each is named by its place and frozen once shipped.
    init(
        stage: Stage, folder: String, disk: any Disk, migrations: [@Sendable (Database) throws -> Void]
    ) throws(SpoolError) {
        do throws(DiskError) {
            try disk.createFolder(folder)
            // A process may have ended between making it and that.
            if let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
                try disk.synchronizeFolder(String(folder[..<slash]))
            }
            // Holds the instances' folder.
            try disk.synchronizeFolder(folder)
        } catch {
            throw .disk(error)
        }
        lock = try StageLock(stage: stage, folder: folder, disk: disk)
        var migrator = DatabaseMigrator()
        for (index, migration) in migrations.enumerated() {
            migrator.registerMigration("\(index + 1)", migrate: migration)
        }
        database = try StageDatabase(path: StageFiles.database(folder), disk: disk, migrator: migrator)
        self.folder = folder
    }

    /// The store of the objects that the stage keeps.
    ///
    /// - Parameter kept: what the stage says of each.
    func instances(of stage: Stage, disk: any Disk, kept: InstanceStore.Kept) throws(SpoolError) -> InstanceStore {
        try InstanceStore(stage: stage, root: folder, database: database, disk: disk, kept: kept)
    }
}
