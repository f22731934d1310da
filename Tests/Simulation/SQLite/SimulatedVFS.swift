import Foundation
import GRDBSQLite
import Spool

/// SQLite's way to the files of one process on a simulated storage (sqlite.org/vfs.html, sqlite3.h `sqlite3_vfs`).
///
/// It does what SQLite's own unix VFS does where that matters for durability: the name of a journal or log is
/// synchronised together with the file's first synchronisation after it was opened, and nothing else synchronises a
/// folder but a removal that asks for it.
///
/// SQLite draws the salts of its logs from one source for the whole program, so these bytes differ from run to run;
/// which operations it asks for does not depend on them.
///
/// Unchecked because SQLite's structures are pointers; they do not change once the VFS is registered.
final class SimulatedVFS: @unchecked Sendable {
    static let longestPath: Int32 = 4096

    let process: SimulatedProcess
    let methods: UnsafeMutablePointer<sqlite3_io_methods>
    let name: UnsafeMutablePointer<CChar>
    private let vfs: UnsafeMutablePointer<sqlite3_vfs>

    init(_ process: SimulatedProcess) {
        self.process = process
        vfs = .allocate(capacity: 1)
        methods = .allocate(capacity: 1)
        methods.initialize(to: Self.makeMethods())
        // Nobody else has this address as long as the VFS is registered.
        name = Self.copy("simulated-\(UInt(bitPattern: vfs))")
        vfs.initialize(to: Self.makeVFS())
        vfs.pointee.zName = UnsafePointer(name)
        vfs.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
        let result = sqlite3_vfs_register(vfs, 0)
        precondition(result == SQLITE_OK, "only a lack of memory keeps a VFS from being registered")
    }

    /// Every open file keeps the VFS, so nothing uses it any more.
    deinit {
        sqlite3_vfs_unregister(vfs)
        vfs.deallocate()
        methods.deallocate()
        name.deallocate()
    }

    /// A URI that leads to `path` through this VFS (sqlite.org/uri.html).
    func location(_ path: String) -> String {
        let escaped = path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), 128...:
                "%" + String(byte, radix: 16, uppercase: true)
            default:
                String(Unicode.Scalar(byte))
            }
        }
        return "file:" + escaped.joined() + "?vfs=" + String(cString: name)
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: byte) }
        return copy
    }

    private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedVFS? {
        vfs?.pointee.pAppData.map { Unmanaged<SimulatedVFS>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func makeVFS() -> sqlite3_vfs {
        var vfs = sqlite3_vfs()
        // The third version adds replaceable system calls, of which there are none here.
        vfs.iVersion = 2
        vfs.szOsFile = SimulatedDatabaseFile.sqliteFileSize
        vfs.mxPathname = longestPath
        vfs.xOpen = { vfs, name, file, flags, flagsOut in
            file?.pointee.pMethods = nil
            guard let vfs = SimulatedVFS.of(vfs), let file else { return SQLITE_CANTOPEN }
            return vfs.open(name.map { String(cString: $0) }, file, flags, flagsOut)
        }
        vfs.xDelete = { vfs, name, synchronizesFolder in
            guard let vfs = SimulatedVFS.of(vfs), let name else { return SQLiteCode.remove }
            return vfs.remove(String(cString: name), synchronizesFolder: synchronizesFolder != 0)
        }
        vfs.xAccess = { vfs, name, flags, result in
            guard let vfs = SimulatedVFS.of(vfs), let name else { return SQLiteCode.access }
            return vfs.access(String(cString: name), flags, result)
        }
        vfs.xFullPathname = { _, name, count, result in
            guard let name, let result, strlen(name) < Int(count) else { return SQLITE_CANTOPEN }
            strcpy(result, name)
            return SQLITE_OK
        }
        vfs.xRandomness = { vfs, count, result in
            guard let vfs = SimulatedVFS.of(vfs), let result else { return 0 }
            vfs.process.storage.withState { state in
                for index in 0..<Int(count) { result[index] = CChar(truncatingIfNeeded: state.chance.next()) }
            }
            return count
        }
        vfs.xSleep = { vfs, microseconds in
            SimulatedVFS.of(vfs)?.process.storage.wait(microseconds: Int(microseconds))
            return microseconds
        }
        vfs.xCurrentTime = { vfs, result in
            var milliseconds: sqlite3_int64 = 0
            let code = vfs?.pointee.xCurrentTimeInt64?(vfs, &milliseconds) ?? SQLITE_ERROR
            result?.pointee = Double(milliseconds) / 86_400_000
            return code
        }
        vfs.xCurrentTimeInt64 = { vfs, result in
            guard let vfs = SimulatedVFS.of(vfs) else { return SQLITE_ERROR }
            // Julian days begin in 4714 BC, so many milliseconds before 1970.
            result?.pointee = vfs.process.storage.withState { $0.microseconds } / 1000 + 210_866_760_000_000
            return SQLITE_OK
        }
        vfs.xGetLastError = { _, _, _ in 0 }
        return vfs
    }
}

extension SimulatedVFS {
    private func open(
        _ path: String?, _ file: UnsafeMutablePointer<sqlite3_file>, _ flags: Int32,
        _ flagsOut: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        do throws(DiskError) {
            let creates = flags & SQLITE_OPEN_CREATE != 0
            let opened = try process.perform { state, id throws(DiskError) in
                // A temporary file has no name, so nobody finds it once it is closed.
                guard let path else { return state.addFile() }
                if creates, try !state.exists(path, by: id) { return try state.createFile(path, by: id) }
                if flags & SQLITE_OPEN_EXCLUSIVE != 0 { throw DiskError("create", path, EEXIST) }
                return try state.open(path, by: id)
            }
            let isJournal = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL) != 0
            if let path, flags & SQLITE_OPEN_DELETEONCLOSE != 0 {
                try process.perform { state, id throws(DiskError) in try state.remove(path, by: id) }
            }
            SimulatedDatabaseFile(
                self, file: opened, path: path ?? "a temporary file",
                // Also where it is there already: whoever made it may have ended before its name was durable.
                folderToSynchronize: creates && isJournal ? path.map(Self.parent) : nil
            ).store(in: file)
            flagsOut?.pointee = flags
            return SQLITE_OK
        } catch {
            return error.errorNumber == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN
        }
    }

    private func remove(_ path: String, synchronizesFolder: Bool) -> Int32 {
        do throws(DiskError) {
            try process.perform { state, id throws(DiskError) in try state.remove(path, by: id) }
        } catch {
            return error.errorNumber == ENOENT ? SQLiteCode.removeMissing : SQLiteCode.remove
        }
        guard synchronizesFolder else { return SQLITE_OK }
        return SQLiteCode.result(orElse: SQLiteCode.synchronizeFolder) { () throws(DiskError) in
            try process.perform { state, id throws(DiskError) in
                try state.synchronizeFolder(Self.parent(of: path), by: id)
            }
        }
    }

    /// An empty file does not exist, as for SQLite's own VFS: a journal without content rolls nothing back.
    private func access(_ path: String, _ flags: Int32, _ result: UnsafeMutablePointer<Int32>?) -> Int32 {
        SQLiteCode.result(orElse: SQLiteCode.access) { () throws(DiskError) in
            let exists = try process.perform { state, id throws(DiskError) in
                guard try state.exists(path, by: id) else { return false }
                guard flags == SQLITE_ACCESS_EXISTS, case .file(let file) = state.node(path) else { return true }
                return try state.size(file, path, by: id) > 0
            }
            result?.pointee = exists ? 1 : 0
        }
    }

    private static func parent(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
