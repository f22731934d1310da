import Foundation
import Records

/// Holds a stage's folder for one process, so that a stage has a single writer. The kernel lets go when the process
/// ends.
public final class StageLock: Sendable {
    private let descriptor: Int32

    public init(stage: Stage, folder: String) throws(SpoolError) {
        let path = "\(folder)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .disk(.last("open", path)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .alreadyRunning(stage: stage, path: folder)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Whether some process holds the folder now.
    public static func isHeld(folder: String) -> Bool {
        let descriptor = open("\(folder)/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
