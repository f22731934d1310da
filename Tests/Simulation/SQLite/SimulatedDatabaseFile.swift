import Foundation
import GRDBSQLite
import Spool

/// One open file of SQLite: a database, its log or a journal (sqlite3.h `sqlite3_io_methods`).
///
/// SQLite gives the memory for a `sqlite3_file`; behind it stands a reference to this object, given back on closing.
final class SimulatedDatabaseFile {
    private static let referenceOffset = MemoryLayout<sqlite3_file>.stride
    static let sqliteFileSize = Int32(referenceOffset + MemoryLayout<UnsafeMutableRawPointer>.stride)

    private let vfs: SimulatedVFS
    private let process: SimulatedProcess
    private let file: Int
    private let path: String
    private let holder: LockHolder
    /// Of a journal whose name may be new: synchronised with its content.
    private var folderToSynchronize: String?
    private var sharedMemory: SharedMemory?
    private var keepsLog: Int32 = 0

    init(_ vfs: SimulatedVFS, file: Int, path: String, folderToSynchronize: String?) {
        self.vfs = vfs
        process = vfs.process
        self.file = file
        self.path = path
        self.folderToSynchronize = folderToSynchronize
        holder = process.newHolder()
    }

    func store(in file: UnsafeMutablePointer<sqlite3_file>) {
        UnsafeMutableRawPointer(file).storeBytes(
            of: Unmanaged.passRetained(self).toOpaque(), toByteOffset: Self.referenceOffset,
            as: UnsafeMutableRawPointer.self)
        file.pointee.pMethods = UnsafePointer(vfs.methods)
    }

    static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedDatabaseFile? {
        reference(file)?.takeUnretainedValue()
    }

    private static func reference(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Unmanaged<SimulatedDatabaseFile>? {
        guard let file, file.pointee.pMethods != nil else { return nil }
        return Unmanaged.fromOpaque(
            UnsafeRawPointer(file).load(fromByteOffset: referenceOffset, as: UnsafeMutableRawPointer.self))
    }

    static func close(_ file: UnsafeMutablePointer<sqlite3_file>?) {
        guard let reference = reference(file) else { return }
        file?.pointee.pMethods = nil
        let opened = reference.takeRetainedValue()
        opened.process.release(opened.holder)
    }
}

// MARK: Content

extension SimulatedDatabaseFile {
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
        do throws(DiskError) {
            let count = try process.perform { state, id throws(DiskError) in
                try state.read(file, at: offset, into: buffer, path, by: id)
            }
            guard count < buffer.count else { return SQLITE_OK }
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
            return SQLiteCode.shortRead
        } catch {
            return SQLiteCode.read
        }
    }

    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        SQLiteCode.result(orElse: SQLiteCode.write) { () throws(DiskError) in
            try process.perform { state, id throws(DiskError) in
                try state.write(buffer, at: offset, to: file, path, by: id)
            }
        }
    }

    func truncate(to size: Int) -> Int32 {
        SQLiteCode.result(orElse: SQLiteCode.truncate) { () throws(DiskError) in
            try process.perform { state, id throws(DiskError) in try state.truncate(file, to: size, path, by: id) }
        }
    }

    func synchronize() -> Int32 {
        let result = SQLiteCode.result(orElse: SQLiteCode.synchronize) { () throws(DiskError) in
            try process.perform { state, id throws(DiskError) in try state.synchronizeFile(file, path, by: id) }
        }
        guard result == SQLITE_OK, let folder = folderToSynchronize else { return result }
        folderToSynchronize = nil
        return SQLiteCode.result(orElse: SQLiteCode.synchronizeFolder) { () throws(DiskError) in
            try process.perform { state, id throws(DiskError) in try state.synchronizeFolder(folder, by: id) }
        }
    }

    func size(_ result: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
        SQLiteCode.result(orElse: SQLiteCode.size) { () throws(DiskError) in
            let size = try process.perform { state, id throws(DiskError) in try state.size(file, path, by: id) }
            result?.pointee = sqlite3_int64(size)
        }
    }

    func control(_ operation: Int32, _ argument: UnsafeMutableRawPointer?) -> Int32 {
        guard let argument else { return SQLITE_NOTFOUND }
        switch operation {
        case SQLITE_FCNTL_LOCKSTATE:
            let level = process.withLocks(of: file) { $0.level(of: holder).rawValue }
            argument.storeBytes(of: level ?? SQLITE_LOCK_NONE, as: Int32.self)
        case SQLITE_FCNTL_PERSIST_WAL:
            // A negative number asks, another sets.
            if argument.load(as: Int32.self) >= 0 { keepsLog = argument.load(as: Int32.self) }
            argument.storeBytes(of: keepsLog, as: Int32.self)
        case SQLITE_FCNTL_SIZE_HINT:
            break
        case SQLITE_FCNTL_VFSNAME:
            // Whoever asks frees it with sqlite3_free.
            let length = strlen(vfs.name) + 1
            guard let copy = sqlite3_malloc(Int32(length)) else { return SQLITE_NOMEM }
            memcpy(copy, vfs.name, length)
            argument.storeBytes(of: copy, as: UnsafeMutableRawPointer.self)
        case SQLITE_FCNTL_HAS_MOVED:
            let found = process.storage.withState { $0.node(path) }
            argument.storeBytes(of: found == .file(file) ? 0 : 1, as: Int32.self)
        default:
            return SQLITE_NOTFOUND
        }
        return SQLITE_OK
    }
}

// MARK: Locks and shared memory

extension SimulatedDatabaseFile {
    func lock(to level: DatabaseLocks.Level) -> Int32 {
        switch process.withLocks(of: file, { $0.raise(holder, to: level) }) {
        case true?: SQLITE_OK
        case false?: SQLITE_BUSY
        case nil: SQLiteCode.lock
        }
    }

    func unlock(to level: DatabaseLocks.Level) -> Int32 {
        // Whoever has ended holds nothing.
        _ = process.withLocks(of: file) { $0.lower(holder, to: level) }
        return SQLITE_OK
    }

    func checkReservedLock(_ result: UnsafeMutablePointer<Int32>?) -> Int32 {
        guard let isReserved = process.withLocks(of: file, { $0.isReserved }) else {
            return SQLiteCode.checkReservedLock
        }
        result?.pointee = isReserved ? 1 : 0
        return SQLITE_OK
    }

    func mapSharedMemory(
        region: Int, byteCount: Int, extends: Bool, _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 {
        guard process.lives else { return SQLiteCode.sharedMemoryMap }
        let memory = sharedMemory ?? process.storage.mapSharedMemory(of: file, by: holder)
        sharedMemory = memory
        result?.pointee = memory.region(region, byteCount: byteCount, extends: extends)
        return SQLITE_OK
    }

    func lockSharedMemory(first: Int32, count: Int32, _ flags: Int32) -> Int32 {
        let slots = (UInt32(1) << UInt32(first + count)) - (UInt32(1) << UInt32(first))
        let isDone = process.withLocks(of: file) { locks in
            guard flags & SQLITE_SHM_LOCK != 0 else {
                locks.release(slots, by: holder)
                return true
            }
            return locks.take(slots, exclusively: flags & SQLITE_SHM_EXCLUSIVE != 0, by: holder)
        }
        switch isDone {
        case true?: return SQLITE_OK
        case false?: return SQLITE_BUSY
        case nil: return flags & SQLITE_SHM_LOCK != 0 ? SQLiteCode.sharedMemoryLock : SQLITE_OK
        }
    }

    /// Whoever passes sees in the shared memory what others wrote before they passed.
    func passBarrier() { process.storage.withState { _ in } }

    func unmapSharedMemory() -> Int32 {
        _ = process.withLocks(of: file) { $0.releaseSlots(of: holder) }
        process.storage.unmapSharedMemory(of: file, by: holder)
        sharedMemory = nil
        return SQLITE_OK
    }
}
