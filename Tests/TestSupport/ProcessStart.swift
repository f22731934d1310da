import Foundation
import Synchronization

/// Starts every program that tests run.
public enum ProcessStart {
    private static let starting = Mutex(())

    /// One at a time: a child that is started while Foundation prepares another one inherits the descriptor whose close
    /// tells of the other's end, and the end then goes unnoticed for as long as the first one lives.
    static func start(_ process: Process) throws {
        try starting.withLock { _ in try process.run() }
    }

    /// Runs `body` while no program is being started: until it executes, a child holds copies of this process'
    /// descriptors, and with them locks on files that were just let go here.
    public static func paused<Value>(_ body: () throws -> Value) throws -> Value {
        try starting.withLock { _ in try body() }
    }
}
