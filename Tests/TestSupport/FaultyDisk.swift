import Foundation
import Spool
import Synchronization

/// The real disk, with operations counted and failures on demand.
public final class FaultyDisk: Disk {
    public enum Operation: Sendable { case write, synchronizeData, synchronizeFolder, createFile }

    private struct State {
        var counts: [Operation: Int] = [:]
        var failures: [Operation: Int32] = [:]
        var space: DiskSpace?
    }

    private let disk = SystemDisk()
    private let state = Mutex(State())

    public init() {}

    /// From now on `operation` fails with `errorNumber`; nil mends it.
    public func fail(_ operation: Operation, with errorNumber: Int32?) {
        state.withLock { $0.failures[operation] = errorNumber }
    }

    /// From now on the disk says that it has so much room; nil: what it really has.
    public func pretend(_ space: DiskSpace?) { state.withLock { $0.space = space } }

    public func space(at path: String) throws(DiskError) -> DiskSpace {
        if let space = state.withLock({ $0.space }) { return space }
        return try disk.space(at: path)
    }

    public func count(_ operation: Operation) -> Int { state.withLock { $0.counts[operation] ?? 0 } }

    fileprivate func pass(_ operation: Operation, _ path: String) throws(DiskError) {
        let failure = state.withLock { state in
            state.counts[operation, default: 0] += 1
            return state.failures[operation]
        }
        if let failure {
            throw DiskError(
                operation: "\(operation)", path: path, errorNumber: failure, reason: String(cString: strerror(failure)))
        }
    }

    public func createFolder(_ path: String) throws(DiskError) { try disk.createFolder(path) }

    public func createFile(_ path: String) throws(DiskError) {
        try pass(.createFile, path)
        try disk.createFile(path)
    }

    public func rename(_ path: String, to other: String) throws(DiskError) { try disk.rename(path, to: other) }

    public func synchronizeFolder(_ path: String) throws(DiskError) {
        try pass(.synchronizeFolder, path)
        try disk.synchronizeFolder(path)
    }

    public func names(in path: String) throws(DiskError) -> [String] { try disk.names(in: path) }

    public func exists(_ path: String) throws(DiskError) -> Bool { try disk.exists(path) }
    public func lock(_ path: String) throws(DiskError) -> (any DiskLock)? { try disk.lock(path) }
    public func isLocked(_ path: String) -> Bool { disk.isLocked(path) }
    public func databaseLocation(_ path: String) -> String { disk.databaseLocation(path) }

    public func open(_ path: String, for access: DiskAccess) throws(DiskError) -> any DiskFile {
        FaultyFile(file: try disk.open(path, for: access), disk: self, path: path)
    }
}

private final class FaultyFile: DiskFile {
    let file: any DiskFile
    let disk: FaultyDisk
    let path: String

    init(file: any DiskFile, disk: FaultyDisk, path: String) {
        self.file = file
        self.disk = disk
        self.path = path
    }

    func size() throws(DiskError) -> Int64 { try file.size() }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        try disk.pass(.write, path)
        try file.write(bytes, at: offset)
    }

    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] { try file.read(at: offset, count: count) }
    func truncate(to size: Int64) throws(DiskError) { try file.truncate(to: size) }
    func beginWriteback(from offset: Int64, count: Int64) { file.beginWriteback(from: offset, count: count) }

    func synchronizeData() throws(DiskError) {
        try disk.pass(.synchronizeData, path)
        try file.synchronizeData()
    }
}
