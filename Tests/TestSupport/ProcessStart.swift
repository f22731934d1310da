import Foundation
import Synchronization

/// Starts every program that tests run.
enum ProcessStart {
    private static let starting = Mutex(())

    /// One at a time: a child that is started while Foundation prepares another one inherits the descriptor whose close
    /// tells of the other's end, and the end then goes unnoticed for as long as the first one lives.
    static func start(_ process: Process) throws {
        try starting.withLock { _ in try process.run() }
    }
}
