import Records

/// Holds a stage's folder for one process, so that a stage has a single writer. The kernel lets go when the process
/// ends.
public final class StageLock: Sendable {
    private let lock: any DiskLock

    public init(stage: Stage, folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        let lock: (any DiskLock)?
        do { lock = try disk.lock(Self.file(folder)) } catch { throw .disk(error) }
        guard let lock else { throw .alreadyRunning(stage: stage, path: folder) }
        self.lock = lock
    }

    /// Whether some process holds the folder now.
    public static func isHeld(folder: String, disk: any Disk = SystemDisk()) -> Bool { disk.isLocked(file(folder)) }

    private static func file(_ folder: String) -> String { "\(folder)/lock" }
}
