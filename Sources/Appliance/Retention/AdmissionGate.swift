import Spool
import Synchronization

/// Closes when too little room is left to take more objects, and opens again by itself.
///
/// What it keeps free is for the databases, the results and the log, without which nothing would leave the disk.
final class AdmissionGate: Sendable {
    /// Bytes of an object after which it asks again: many large ones together stay far below what is kept free.
    static let bytesBetweenQuestions: Int64 = 4 * 1024 * 1024
    /// So much is kept free whatever the percentage says, for SQLite's logs alone take some megabytes each; but of a
    /// small disk no more than a fifth.
    static let reservedBytes: Int64 = 64 * 1024 * 1024

    private let reader: InstanceReader
    private let refuseBelowPercent: Double
    /// Told whenever the gate closes or opens.
    private let changed: @Sendable (_ isClosed: Bool, _ space: DiskSpace) -> Void
    private let closed = Mutex(false)

    init(
        _ reader: InstanceReader, refuseBelowPercent: Double,
        changed: @escaping @Sendable (_ isClosed: Bool, _ space: DiskSpace) -> Void
    ) {
        self.reader = reader
        self.refuseBelowPercent = refuseBelowPercent
        self.changed = changed
    }

    var isClosed: Bool { closed.withLock { $0 } }

    /// - Throws: ``SpoolError/full(path:freePercent:)`` while too little room is left.
    func admit() throws(SpoolError) {
        let space = try reader.diskSpace()
        let isFull = space.freePercent < refuseBelowPercent
            || space.freeBytes < min(Self.reservedBytes, space.totalBytes / 5)
        let hasChanged = closed.withLock { closed in
            defer { closed = isFull }
            return closed != isFull
        }
        if hasChanged { changed(isFull, space) }
        if isFull { throw .full(path: reader.folderPath, freePercent: space.freePercent) }
    }
}
