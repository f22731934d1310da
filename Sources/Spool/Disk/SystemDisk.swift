import CSupport
import Foundation

/// The real disk, through POSIX calls.
public struct SystemDisk: Disk {
    /// A holder that is just ending gets so long. A process that it started holds the lock too, until it runs its own
    /// program (fork(2)); on a busy machine that can be the last to let go.
    private static let lockPatienceMilliseconds = 3000
    private static let lockPauseMilliseconds = 10

    public init() {}

    public func createFolder(_ path: String) throws(DiskError) {
        var made = ""
        for component in path.split(separator: "/") {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + component
            if mkdir(made, 0o700) == 0 {
                try synchronizeFolder(Self.parent(of: made))
            } else if errno != EEXIST {
                throw .last("create the folder", made)
            }
        }
    }

    public func createFile(_ path: String) throws(DiskError) {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("create", path) }
        close(descriptor)
    }

    public func rename(_ path: String, to other: String) throws(DiskError) {
        guard Foundation.rename(path, other) == 0 else { throw .last("rename", path) }
    }

    public func synchronizeFolder(_ path: String) throws(DiskError) {
        let descriptor = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open the folder", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("synchronise the folder", path) }
    }

    public func names(in path: String) throws(DiskError) -> [String] {
        guard let folder = opendir(path) else { throw .last("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    public func open(_ path: String, for access: DiskAccess) throws(DiskError) -> any DiskFile {
        let descriptor = Foundation.open(path, (access == .writing ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    public func exists(_ path: String) throws(DiskError) -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw .last("look for", path) }
        return false
    }

    public func lock(_ path: String) throws(DiskError) -> (any DiskLock)? {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
        let lock = SystemLock(descriptor: descriptor)
        var waited = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard waited < Self.lockPatienceMilliseconds else { return nil }
            usleep(useconds_t(Self.lockPauseMilliseconds * 1000))
            waited += Self.lockPauseMilliseconds
        }
        return lock
    }

    public func space(at path: String) throws(DiskError) -> DiskSpace {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw .last("examine the file system of", path) }
        let blockBytes = Int64(status.f_frsize)
        return DiskSpace(
            totalBytes: Int64(status.f_blocks) * blockBytes, freeBytes: Int64(status.f_bavail) * blockBytes,
            totalNodes: Int64(status.f_files), freeNodes: Int64(status.f_favail))
    }

    public func isLocked(_ path: String) -> Bool {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    public func databaseLocation(_ path: String) -> String { path }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The kernel lets go when the descriptor is closed, at the latest by the end of the process.
private final class SystemLock: DiskLock {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

private final class SystemFile: DiskFile {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func size() throws(DiskError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("examine", path) }
        return Int64(status.st_size)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write to", path) }
            written += count
        }
    }

    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(buffer).baseAddress.map { $0 + filled }
                let got = pread(descriptor, rest, count - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = .last("read", path) }
                if got <= 0 { break }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func truncate(to size: Int64) throws(DiskError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .last("truncate", path) }
    }

    func beginWriteback(from offset: Int64, count: Int64) {
        csupport_begin_writeback(descriptor, offset, count)
    }

    func synchronizeData() throws(DiskError) {
        guard fdatasync(descriptor) == 0 else { throw .last("synchronise", path) }
    }
}

extension DiskError {
    /// The error of the system call that just failed.
    static func last(_ operation: String, _ path: String) -> DiskError {
        let number = errno
        return DiskError(
            operation: operation, path: path, errorNumber: number, reason: String(cString: strerror(number)))
    }
}
