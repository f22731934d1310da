import Foundation
import Records

/// Holds a stage's folder for one process, so that a stage has a single writer. The kernel lets go when the process
/// ends.
public final class StageLock: Sendable {
    /// A holder that is just ending gets so long. A process that it started holds the lock too, until it runs its own
    /// program (fork(2)); on a busy machine that can be the last to let go.
    private static let patienceMilliseconds = 3000
    private static let pauseMilliseconds = 10

    private let descriptor: Int32

    public init(stage: Stage, folder: String) throws(SpoolError) {
        let path = "\(folder)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .disk(.last("open", path)) }
        var waited = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard waited < Self.patienceMilliseconds else {
                close(descriptor)
                throw .alreadyRunning(stage: stage, path: folder)
            }
            usleep(useconds_t(Self.pauseMilliseconds * 1000))
            waited += Self.pauseMilliseconds
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
