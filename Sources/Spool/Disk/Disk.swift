/// The file system as the spool uses it. Injected, so that a test can be a disk that fails or loses power.
public protocol Disk: Sendable {
    /// Makes `path` and its parents; an existing folder is no error.
    func createFolder(_ path: String) throws(DiskError)
    /// Makes an empty file that must not exist yet.
    func createFile(_ path: String) throws(DiskError)
    /// Gives a file another name in the same folder, one that nothing has yet.
    func rename(_ path: String, to other: String) throws(DiskError)
    /// Makes names inside the folder durable.
    func synchronizeFolder(_ path: String) throws(DiskError)
    /// The names in a folder, in no particular order.
    func names(in path: String) throws(DiskError) -> [String]
    func open(_ path: String, for access: DiskAccess) throws(DiskError) -> any DiskFile
    /// Whether there is a file or folder at `path`.
    func exists(_ path: String) throws(DiskError) -> Bool
    /// Takes the file at `path`, made if need be, for one holder; nil while somebody else has it.
    func lock(_ path: String) throws(DiskError) -> (any DiskLock)?
    /// How much room there is on the file system that holds `path`.
    func space(at path: String) throws(DiskError) -> DiskSpace
    /// Whether somebody has the file at `path` now.
    func isLocked(_ path: String) -> Bool
    /// What SQLite is given to open the database at `path` on this disk: the path itself, or a URI that also names the
    /// SQLite VFS that leads to it (sqlite.org/uri.html).
    func databaseLocation(_ path: String) -> String
    /// Does what SQLite does on this disk by itself. For those who want to know how long the disk takes.
    func whileDatabaseWorks<Value>(_ body: () throws -> Value) rethrows -> Value
}

extension Disk {
    public func whileDatabaseWorks<Value>(_ body: () throws -> Value) rethrows -> Value { try body() }
}

/// A file taken for one holder, until the last reference goes or the process ends.
public protocol DiskLock: AnyObject, Sendable {}

public enum DiskAccess: Sendable { case reading, writing }

/// An open file. Closed when the last reference goes.
public protocol DiskFile: AnyObject, Sendable {
    func size() throws(DiskError) -> Int64
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError)
    /// Up to `count` bytes from `offset`; fewer at the end of the file.
    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8]
    func truncate(to size: Int64) throws(DiskError)
    /// Lets the disk begin with bytes that were written, so that ``synchronizeData()`` has less left to wait for.
    /// A hint that promises nothing and cannot fail.
    func beginWriteback(from offset: Int64, count: Int64)
    /// Makes content and size durable (fdatasync). After a failure the file must not be trusted again:
    /// the kernel may have dropped the very pages that failed and would report success the next time.
    func synchronizeData() throws(DiskError)
}

/// A file operation that the system refused.
public struct DiskError: Error, Equatable, CustomStringConvertible {
    public var operation: String
    public var path: String
    public var errorNumber: Int32
    /// The system's own words for the error number.
    public var reason: String

    public init(operation: String, path: String, errorNumber: Int32, reason: String) {
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
        self.reason = reason
    }

    public var description: String { "cannot \(operation) \(path): \(reason)" }
}

extension DiskFile {
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: [UInt8], at offset: Int64) throws(DiskError) {
        // The array's own method cannot pass a typed error on.
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(DiskError) in try write(buffer, at: offset) }
        }
        try result.get()
    }
}
