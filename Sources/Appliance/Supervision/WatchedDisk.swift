import Spool

/// A disk whose every call that may wait for the device counts as work under way (``StagePart/spool``): one that takes
/// minutes is a hang, one that nobody uses is not.
struct WatchedDisk: Disk {
    private let disk: any Disk
    private let progress: ProgressWatch

    init(_ progress: ProgressWatch, over disk: any Disk = SystemDisk()) {
        (self.disk, self.progress) = (disk, progress)
    }

    func createFolder(_ path: String) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try disk.createFolder(path) }
    }

    func createFile(_ path: String) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try disk.createFile(path) }
    }

    func rename(_ path: String, to other: String) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try disk.rename(path, to: other) }
    }

    func synchronizeFolder(_ path: String) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try disk.synchronizeFolder(path) }
    }

    func names(in path: String) throws(DiskError) -> [String] {
        try progress.during(.spool) { () throws(DiskError) in try disk.names(in: path) }
    }

    func open(_ path: String, for access: DiskAccess) throws(DiskError) -> any DiskFile {
        let file = try progress.during(.spool) { () throws(DiskError) in try disk.open(path, for: access) }
        return WatchedFile(file, progress)
    }

    func exists(_ path: String) throws(DiskError) -> Bool {
        try progress.during(.spool) { () throws(DiskError) in try disk.exists(path) }
    }

    // Locks wait for other processes, and not for the disk.
    func lock(_ path: String) throws(DiskError) -> (any DiskLock)? { try disk.lock(path) }
    func isLocked(_ path: String) -> Bool { disk.isLocked(path) }

    func space(at path: String) throws(DiskError) -> DiskSpace {
        try progress.during(.spool) { () throws(DiskError) in try disk.space(at: path) }
    }

    func databaseLocation(_ path: String) -> String { disk.databaseLocation(path) }

    func whileDatabaseWorks<Value>(_ body: () throws -> Value) rethrows -> Value {
        let work = progress.begin(.spool)
        defer { work.end() }
        return try body()
    }
}

private final class WatchedFile: DiskFile {
    private let file: any DiskFile
    private let progress: ProgressWatch

    init(_ file: any DiskFile, _ progress: ProgressWatch) { (self.file, self.progress) = (file, progress) }

    func size() throws(DiskError) -> Int64 {
        try progress.during(.spool) { () throws(DiskError) in try file.size() }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try file.write(bytes, at: offset) }
    }

    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        try progress.during(.spool) { () throws(DiskError) in try file.read(at: offset, count: count) }
    }

    func truncate(to size: Int64) throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try file.truncate(to: size) }
    }

    func beginWriteback(from offset: Int64, count: Int64) {
        let work = progress.begin(.spool)
        defer { work.end() }
        file.beginWriteback(from: offset, count: count)
    }

    func synchronizeData() throws(DiskError) {
        try progress.during(.spool) { () throws(DiskError) in try file.synchronizeData() }
    }
}
