import Foundation
import Spool
import Synchronization
import TestSupport

/// A computer's storage that can lose power, in memory and repeatable from seeds: files for ``SimulatedDisk`` and
/// databases for SQLite, which live in the same folders.
///
/// Use it through a ``SimulatedDisk`` for each process. A harness first lets the work run without faults and reads
/// ``operationCount``; then it runs it again with ``cutPower(beforeOperation:)`` for each number up to that, and after
/// each cut lets ``losePower(seed:)`` choose one of the states that may be left:
///
/// ```swift
/// let storage = SimulatedStorage(seed: 1)
/// storage.cutPower(beforeOperation: 17)
/// try? work(on: SimulatedDisk(storage))
/// storage.losePower(seed: 2)
/// try check(SimulatedDisk(storage))
/// ```
///
/// What chance decides depends on the order of operations: the same seeds repeat a run where the same operations come
/// in the same order, which threads that run side by side do not promise.
public final class SimulatedStorage: Sendable {
    private let state: Mutex<StorageState>
    private let sharedMemories = Mutex<[Int: MappedMemory]>([:])
    private let sleep: @Sendable (_ microseconds: Int) -> Void

    /// - Parameters:
    ///   - seed: for every choice that is made while power is on.
    ///   - sleep: how SQLite waits for another connection; the simulated clock moves on by itself. Really, unless said
    ///     otherwise: whoever is waited for runs on another thread.
    public convenience init(
        seed: UInt64,
        sleep: @escaping @Sendable (_ microseconds: Int) -> Void = { usleep(UInt32(clamping: $0)) }
    ) {
        self.init(StorageState(seed: seed), sleep: sleep)
    }

    private init(_ state: StorageState, sleep: @escaping @Sendable (_ microseconds: Int) -> Void) {
        self.state = Mutex(state)
        self.sleep = sleep
    }

    /// This moment again, to be continued in another way. Running processes stay behind.
    ///
    /// - Parameter seed: for its choices while power is on; nil: they go on as they would have here.
    public func copy(seed: UInt64? = nil) -> SimulatedStorage {
        var state = state.withLock { $0 }
        if let seed { state.chance = SeededGenerator(seed: seed) }
        state.endProcesses()
        return SimulatedStorage(state, sleep: sleep)
    }

    // MARK: Power

    /// Mutating operations that were asked for while power was on, over all lives of the storage.
    public var operationCount: Int { state.withLock { $0.operationCount } }

    /// False from the moment at which power was cut until ``losePower(seed:)``.
    public var isPowered: Bool { state.withLock { $0.isPowered } }

    /// Cuts the power at once: every operation fails from now on.
    public func cutPower() { state.withLock { $0.isPowered = false } }

    /// Cuts the power instead of the operation with this number, counted as in ``operationCount`` from 1.
    public func cutPower(beforeOperation number: Int) { state.withLock { $0.powerFailsBefore = number } }

    /// Cuts the power where that has not happened, leaves one of the states that may be left, and switches on again.
    ///
    /// All processes are gone: what they opened fails for ever. So are planned failures. Limits stay.
    public func losePower(seed: UInt64) {
        state.withLock { $0.losePower(seed: seed) }
        sharedMemories.withLock { $0 = [:] }
    }

    // MARK: Faults

    public func plan(_ failure: StorageFailure) { state.withLock { $0.failures.append(failure) } }

    /// Drops every failure that was planned.
    public func dropFailures() { state.withLock { $0.failures = [] } }

    /// Lets a write fail with ENOSPC where files would hold more bytes in all; nil takes the limit away.
    public func limit(bytes: Int?) { state.withLock { $0.byteLimit = bytes } }

    /// Lets the making of a file or folder fail with ENOSPC where there would be more; nil takes the limit away.
    public func limit(nodes: Int?) { state.withLock { $0.nodeLimit = nodes } }

    /// Bytes of all files that have a name.
    public var usedBytes: Int { state.withLock { $0.usedBytes } }

    /// Files and folders, the root included.
    public var usedNodes: Int { state.withLock { $0.usedNodes } }

    /// Plants a bug: synchronising these files and folders reports success and does nothing. Nil mends it.
    public func ignoreSynchronize(where isIgnored: (@Sendable (_ path: String) -> Bool)?) {
        state.withLock { $0.ignoresSynchronize = isIgnored }
    }

    /// Turns `count` bits of a file that `seed` chooses, on the platter and in what readers see.
    ///
    /// - Throws: ENOENT where there is no such file.
    public func flipBits(in path: String, count: Int = 1, seed: UInt64) throws(DiskError) {
        try withState { state throws(DiskError) in
            guard case .file(let file) = state.node(path) else { throw DiskError("damage", path, ENOENT) }
            var chance = SeededGenerator(seed: seed)
            let bits = (state.files[file]?.cached.count ?? 0) * 8
            for _ in 0..<(bits > 0 ? count : 0) { state.files[file]?.flipBit(Int.random(in: 0..<bits, using: &chance)) }
        }
    }

    // MARK: Looking at it from outside

    /// What readers see in a file; nil where there is none.
    public func content(of path: String) -> [UInt8]? {
        state.withLock { state in
            if case .file(let file) = state.node(path) { state.files[file]?.cached } else { nil }
        }
    }

    /// The paths of all files, in order.
    public var paths: [String] {
        state.withLock { state in
            func paths(below folder: Int, _ path: String) -> [String] {
                (state.folders[folder]?.names ?? [:]).flatMap { name, node in
                    switch node {
                    case .file: ["\(path)/\(name)"]
                    case .folder(let number): paths(below: number, "\(path)/\(name)")
                    }
                }
            }
            return paths(below: StorageState.root, "").sorted()
        }
    }

    // MARK: For processes

    func withState<Value: Sendable>(
        _ body: (inout StorageState) throws(DiskError) -> Value
    ) throws(DiskError) -> Value {
        // The lock's own method would lose the error's type on the way.
        try state.withLock { state in
            Result { () throws(DiskError) in try body(&state) }
        }.get()
    }

    func withState<Value: Sendable>(_ body: (inout StorageState) -> Value) -> Value {
        state.withLock { body(&$0) }
    }

    /// The memory that the connections to one database share, as long as a living process keeps it: the first one
    /// after that begins with an empty one, as SQLite's own unix VFS does (os_unix.c, `unixLockSharedMemory`), whatever
    /// an ended process has left open.
    func mapSharedMemory(of file: Int, by holder: LockHolder) -> SharedMemory {
        let living = state.withLock { $0.processes }
        return sharedMemories.withLock { memories in
            if let mapped = memories[file], let memory = mapped.memory,
                mapped.holders.contains(where: { living.contains($0.process) }) {
                memories[file]?.holders.insert(holder)
                return memory
            }
            let memory = SharedMemory()
            memories[file] = MappedMemory(memory: memory, holders: [holder])
            return memory
        }
    }

    func unmapSharedMemory(of file: Int, by holder: LockHolder) {
        _ = sharedMemories.withLock { $0[file]?.holders.remove(holder) }
    }

    func wait(microseconds: Int) {
        state.withLock { $0.microseconds += Int64(microseconds) }
        sleep(microseconds)
    }

    private struct MappedMemory: Sendable {
        weak var memory: SharedMemory?
        var holders: Set<LockHolder>
    }
}
