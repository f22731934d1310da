import Spool
import Synchronization

/// One life of one process on a storage: the identity under which it asks for operations and holds locks.
final class SimulatedProcess: Sendable {
    let storage: SimulatedStorage
    private let number: Int
    private let lastHandle = Mutex(0)

    init(_ storage: SimulatedStorage) {
        self.storage = storage
        number = storage.withState { $0.startProcess() }
    }

    func end() { storage.withState { $0.endProcess(number) } }

    func end(beforeOperation number: Int) {
        storage.withState { state in
            if state.processes.contains(self.number) { state.processEndsBefore[self.number] = number }
        }
    }

    var lives: Bool { storage.withState { $0.isPowered && $0.processes.contains(number) } }

    func newHolder() -> LockHolder {
        LockHolder(process: number, handle: lastHandle.withLock { last in
            last += 1
            return last
        })
    }

    func release(_ holder: LockHolder) { storage.withState { $0.locks.release(holder) } }

    /// Works on the locks of a database; nil where the process has ended.
    func withLocks<Value: Sendable>(of file: Int, _ body: (inout DatabaseLocks) -> Value) -> Value? {
        storage.withState { state in
            guard state.isPowered, state.processes.contains(number) else { return nil }
            return state.locks.withDatabase(file, body)
        }
    }

    /// - Parameter body: gets the state and the number of this process, for the operation to ask.
    func perform<Value: Sendable>(
        _ body: (inout StorageState, Int) throws(DiskError) -> Value
    ) throws(DiskError) -> Value {
        try storage.withState { state throws(DiskError) in try body(&state, number) }
    }
}
