import Foundation
import Spool

/// The disk of one process on a ``SimulatedStorage``. Of several on one storage each is a process of its own, with its
/// own locks.
///
/// It belongs to one life of its process: after ``SimulatedStorage/losePower(seed:)`` or ``endProcess()`` it and all
/// that it opened fail for ever, and the next start takes a new one. SQLite's databases are reached through a VFS of
/// the disk's own, under a name that nobody else has.
public final class SimulatedDisk: Disk {
    let process: SimulatedProcess
    private let vfs: SimulatedVFS

    public init(_ storage: SimulatedStorage) {
        process = SimulatedProcess(storage)
        vfs = SimulatedVFS(process)
    }

    /// Ends the process as a kill does: nothing that it has open works any more and its locks are free, but what it
    /// wrote stays with the system. Not while another thread works in it: SQLite could still write to the memory that
    /// its connections share with other processes.
    public func endProcess() { process.end() }

    /// Ends the process instead of its first operation with this number or a greater one, counted as in
    /// ``SimulatedStorage/operationCount`` from 1.
    public func endProcess(beforeOperation number: Int) { process.end(beforeOperation: number) }

    /// Whether the process has not ended and power is on.
    public var isAlive: Bool { process.lives }

    /// Makes each new name durable, as ``SystemDisk`` does.
    public func createFolder(_ path: String) throws(DiskError) {
        var made = ""
        for component in path.split(separator: "/") {
            let parent = made
            made += "/\(component)"
            guard try !exists(made) else { continue }
            let new = made
            try process.perform { state, id throws(DiskError) in try state.createFolder(new, by: id) }
            try synchronizeFolder(parent.isEmpty ? "/" : parent)
        }
    }

    public func createFile(_ path: String) throws(DiskError) {
        _ = try process.perform { state, id throws(DiskError) in try state.createFile(path, by: id) }
    }

    public func remove(_ path: String) throws(DiskError) {
        try process.perform { state, id throws(DiskError) in try state.remove(path, by: id) }
    }

    /// Within one folder.
    public func rename(_ path: String, to other: String) throws(DiskError) {
        try process.perform { state, id throws(DiskError) in try state.rename(path, to: other, by: id) }
    }

    public func synchronizeFolder(_ path: String) throws(DiskError) {
        try process.perform { state, id throws(DiskError) in try state.synchronizeFolder(path, by: id) }
    }

    public func names(in path: String) throws(DiskError) -> [String] {
        try process.perform { state, id throws(DiskError) in try state.names(in: path, by: id) }
    }

    public func exists(_ path: String) throws(DiskError) -> Bool {
        try process.perform { state, id throws(DiskError) in try state.exists(path, by: id) }
    }

    public func open(_ path: String, for access: DiskAccess) throws(DiskError) -> any DiskFile {
        let file = try process.perform { state, id throws(DiskError) in try state.open(path, by: id) }
        return SimulatedDiskFile(process: process, file: file, path: path, isWritable: access == .writing)
    }

    /// As much as the limits leave; a file system without limits is never full.
    public func space(at path: String) throws(DiskError) -> DiskSpace {
        try process.perform { state, _ throws(DiskError) in
            let bytes = Int64(state.byteLimit ?? Int(Int32.max))
            let nodes = Int64(state.nodeLimit ?? 0)
            return DiskSpace(
                totalBytes: bytes, freeBytes: max(0, bytes - Int64(state.usedBytes)), totalNodes: nodes,
                freeNodes: max(0, nodes - Int64(state.usedNodes)))
        }
    }

    public func lock(_ path: String) throws(DiskError) -> (any DiskLock)? {
        let holder = process.newHolder()
        let isTaken = try process.perform { state, id throws(DiskError) in
            let file = try state.exists(path, by: id)
                ? try state.open(path, by: id) : try state.createFile(path, by: id)
            return state.locks.take(file, by: holder)
        }
        return isTaken ? SimulatedLock(process: process, holder: holder) : nil
    }

    public func isLocked(_ path: String) -> Bool {
        // Without power nobody holds anything.
        (try? process.perform { state, id throws(DiskError) in
            state.locks.isTaken(try state.open(path, by: id))
        }) ?? false
    }

    public func databaseLocation(_ path: String) -> String { vfs.location(path) }
}

private final class SimulatedLock: DiskLock {
    private let process: SimulatedProcess
    private let holder: LockHolder

    init(process: SimulatedProcess, holder: LockHolder) {
        self.process = process
        self.holder = holder
    }

    deinit { process.release(holder) }
}

private final class SimulatedDiskFile: DiskFile {
    private let process: SimulatedProcess
    private let file: Int
    private let path: String
    private let isWritable: Bool

    init(process: SimulatedProcess, file: Int, path: String, isWritable: Bool) {
        self.process = process
        self.file = file
        self.path = path
        self.isWritable = isWritable
    }

    func size() throws(DiskError) -> Int64 {
        Int64(try process.perform { state, id throws(DiskError) in try state.size(file, path, by: id) })
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        guard isWritable else { throw DiskError("write to", path, EBADF) }
        try process.perform { state, id throws(DiskError) in
            try state.write(bytes, at: Int(offset), to: file, path, by: id)
        }
    }

    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(DiskError) in
                try process.perform { state, id throws(DiskError) in
                    try state.read(file, at: Int(offset), into: buffer, path, by: id)
                }
            }
        }
        bytes.removeLast(count - (try result.get()))
        return bytes
    }

    func truncate(to size: Int64) throws(DiskError) {
        guard isWritable else { throw DiskError("truncate", path, EBADF) }
        try process.perform { state, id throws(DiskError) in
            try state.truncate(file, to: Int(size), path, by: id)
        }
    }

    /// Nothing: what is not synchronised may be on the platter at any time as it is.
    func beginWriteback(from offset: Int64, count: Int64) {}

    func synchronizeData() throws(DiskError) {
        try process.perform { state, id throws(DiskError) in try state.synchronizeFile(file, path, by: id) }
    }
}
