import Foundation
import GRDB
import Records

/// A stage that does not run, and whose database a person's command writes to in its place: as the stage's only writer,
/// for it holds the stage's lock meanwhile.
public enum StoppedStage {
    /// Tells of `act` in the stage's audit log. Returns when that is durable.
    ///
    /// - Parameter folder: the stage's own.
    /// - Throws: ``SpoolError/alreadyRunning(stage:path:)`` while the stage runs.
    public static func audit(
        _ act: ObjectAct, of stage: Stage, folder: String, by actor: AuditActor, at time: RecordedTime
    ) throws(SpoolError) {
        try write(to: stage, folder: folder) { try act.audit(of: stage, by: actor, at: time, in: $0) }
    }

    /// Does `body` in a durable transaction; nothing where the stage has never run.
    static func write(
        to stage: Stage, folder: String, _ body: (Database) throws -> Void
    ) throws(SpoolError) {
        let path = StageFiles.database(folder)
        guard FileManager.default.fileExists(atPath: path) else { return }
        let lock = try StageLock(stage: stage, folder: folder)
        try withExtendedLifetime(lock) { () throws(SpoolError) in
            // Closed before the lock is let go: closing writes too.
            let database = try StageDatabase(path: path, disk: SystemDisk(), migrator: StageHome.migrator(of: stage))
            try database.durably(body)
        }
    }
}
