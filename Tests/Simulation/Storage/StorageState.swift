import Foundation
import Spool
import TestSupport

/// Everything that a simulated storage is at one moment: a plain value, so that one moment can be continued in
/// several ways.
///
/// Paths are absolute; there are no links. Files and folders have numbers that are never used again.
struct StorageState: Sendable {
    static let root = 0

    var files: [Int: SimulatedFile] = [:]
    var folders: [Int: SimulatedFolder] = [root: SimulatedFolder()]
    private var nextNode = root + 1

    /// For choices while power is on; a loss of power brings its own seed.
    var chance: SeededGenerator
    /// Microseconds since 1970, moved on by those who wait.
    var microseconds: Int64 = 1_700_000_000_000_000

    /// Mutating operations that were asked for while power was on, failed ones included.
    private(set) var operationCount = 0
    var isPowered = true
    /// The operation, counted like `operationCount`, that finds the power gone.
    var powerFailsBefore: Int?
    var failures: [StorageFailure] = []
    var byteLimit: Int?
    var nodeLimit: Int?
    var ignoresSynchronize: (@Sendable (_ path: String) -> Bool)?

    private var nextProcess = 0
    private(set) var processes: Set<Int> = []
    /// The operation, counted like `operationCount`, before which a process ends.
    var processEndsBefore: [Int: Int] = [:]
    var locks = LockTable()

    init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

    mutating func startProcess() -> Int {
        nextProcess += 1
        processes.insert(nextProcess)
        return nextProcess
    }

    mutating func endProcess(_ process: Int) {
        processes.remove(process)
        processEndsBefore[process] = nil
        locks.release(process: process)
    }

    mutating func endProcesses() {
        processes = []
        processEndsBefore = [:]
        locks = LockTable()
    }

    mutating func losePower(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        // In the order of their numbers: a dictionary's own order differs from run to run.
        for number in folders.keys.sorted() { folders[number] = folders[number]?.afterPowerLoss(using: &chance) }
        for number in files.keys.sorted() { files[number] = files[number]?.afterPowerLoss(using: &chance) }
        let reachable = reachableNodes()
        files = files.filter { reachable.contains(.file($0.key)) }
        folders = folders.filter { reachable.contains(.folder($0.key)) }
        endProcesses()
        powerFailsBefore = nil
        failures = []
        isPowered = true
    }

    /// Counts the operation of a process; the first step of each.
    mutating func begin(_ operation: StorageOperation, _ path: String, by process: Int) throws(DiskError) {
        if operation.isMutating {
            if operationCount + 1 == powerFailsBefore { isPowered = false }
            if let end = processEndsBefore[process], operationCount + 1 >= end { endProcess(process) }
        }
        guard isPowered, processes.contains(process) else { throw DiskError(operation.rawValue, path, EIO) }
        if operation.isMutating { operationCount += 1 }
    }

    /// The failure that was planned for this operation.
    mutating func plannedFailure(of operation: StorageOperation, _ path: String) -> DiskError? {
        var failure: DiskError?
        for index in failures.indices where failures[index].operation == operation && failures[index].concerns(path) {
            failures[index].occurrence -= 1
            let left = failures[index].occurrence
            if left == 0 || left < 0 && failures[index].isLasting {
                failure = DiskError(operation.rawValue, path, failures[index].errorNumber)
            }
        }
        return failure
    }

    /// Begins an operation that does nothing where a failure was planned for it.
    mutating func pass(_ operation: StorageOperation, _ path: String, by process: Int) throws(DiskError) {
        try begin(operation, path, by: process)
        if let failure = plannedFailure(of: operation, path) { throw failure }
    }

    // MARK: Names

    func node(_ path: String) -> StorageNode? {
        var node = StorageNode.folder(Self.root)
        for name in path.split(separator: "/") {
            guard case .folder(let number) = node, let next = folders[number]?.names[String(name)] else { return nil }
            node = next
        }
        return node
    }

    /// The folder that holds `path`'s name, and the name.
    func place(_ path: String, for operation: StorageOperation) throws(DiskError) -> (folder: Int, name: String) {
        let names = path.split(separator: "/")
        guard let name = names.last else { throw DiskError(operation.rawValue, path, EEXIST) }
        guard case .folder(let folder) = node("/" + names.dropLast().joined(separator: "/")) else {
            throw DiskError(operation.rawValue, path, ENOENT)
        }
        return (folder, String(name))
    }

    mutating func change(_ change: SimulatedFolder.Change, in folder: Int) { folders[folder]?.change(change) }

    /// Makes a file that no name leads to.
    mutating func addFile() -> Int {
        defer { nextNode += 1 }
        files[nextNode] = SimulatedFile()
        return nextNode
    }

    mutating func addFolder() -> Int {
        defer { nextNode += 1 }
        folders[nextNode] = SimulatedFolder()
        return nextNode
    }

    // MARK: Room

    private func reachableNodes() -> Set<StorageNode> {
        var reachable: Set<StorageNode> = [.folder(Self.root)]
        var open = [Self.root]
        while let folder = open.popLast() {
            for node in (folders[folder]?.names ?? [:]).values where reachable.insert(node).inserted {
                if case .folder(let number) = node { open.append(number) }
            }
        }
        return reachable
    }

    /// Bytes of all files that have a name.
    var usedBytes: Int {
        reachableNodes().reduce(0) { sum, node in
            if case .file(let number) = node { sum + (files[number]?.cached.count ?? 0) } else { sum }
        }
    }

    /// Files and folders that have a name, the root included.
    var usedNodes: Int { reachableNodes().count }

    /// How many of `growth` bytes there is room for.
    func room(for growth: Int) -> Int {
        guard let byteLimit, growth > 0 else { return growth }
        return max(0, min(growth, byteLimit - usedBytes))
    }

    func requireNode(for operation: StorageOperation, _ path: String) throws(DiskError) {
        if let nodeLimit, usedNodes >= nodeLimit { throw DiskError(operation.rawValue, path, ENOSPC) }
    }
}
