import GRDB
import Records
import Synchronization

/// A stage's SQLite database, with two ways of writing and a connection for reading that waits for neither.
///
/// The index of instance files can be rebuilt from their trailers, so its rows need no sync of their own. Everything
/// else (cursors, completions, parcels) is written with `durably`, which returns after the data is on disk; SQLite's
/// log is synced as a whole, so that also makes every earlier row durable.
///
/// A disk that once failed to sync the log cannot be asked again: the system may have dropped the pages and
/// would call the next sync a success. Such a database takes nothing more (``failure``); its process is to end, and the
/// next start writes the log anew and carries it over into the database before anything is promised. Checkpoints are
/// made here and not by SQLite, which keeps their failures to itself.
///
/// A database that turns out to be broken takes nothing more either, and the next start sets it aside
/// (``BrokenDatabases``).
public final class StageDatabase: Sendable {
    public let path: String
    private let disk: any Disk
    private let quick: DatabaseQueue
    private let durable: DatabaseQueue
    private let reading: DatabaseQueue
    /// The log is carried over into the database after so many transactions: some megabytes.
    private static let transactionsPerCheckpoint = 128
    /// SQLite's own choice for new databases.
    private static let firstPageLength: Int64 = 4096
    /// Bytes written anew at once.
    private static let pieceLength: Int64 = 1024 * 1024

    private struct State {
        var failure: SpoolError?
        var transactions = 0
    }

    private let state = Mutex(State())

    /// Why the database takes nothing more; nil as long as all is well.
    public var failure: SpoolError? { state.withLock { $0.failure } }

    /// Opens or makes the database and brings its schema up to date.
    init(path: String, disk: any Disk, migrator: DatabaseMigrator) throws(SpoolError) {
        self.path = path
        self.disk = disk
        let location = disk.databaseLocation(path)
        let endedOrderly: Bool
        do throws(DiskError) {
            // The last connection that is closed removes the log.
            endedOrderly = try !disk.exists(Self.log(path))
            try Self.writeAnew(path, disk)
        } catch {
            throw .disk(error)
        }
        var opened: [DatabaseQueue] = []
        do {
            for synchronous in ["NORMAL", "FULL", "NORMAL"] {
                opened.append(try Self.open(location, synchronous: synchronous))
            }
            (quick, durable, reading) = (opened[0], opened[1], opened[2])
            if !endedOrderly { try Self.check(reading) }
            try durable.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try Self.migrate(durable, migrator)
        } catch {
            Self.keepOpen(opened)
            throw Self.failure(error, path)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try disk.whileDatabaseWorks { try reading.read(body) } } catch { throw refusal(error) }
    }

    /// For a single statement, which sees one state of the database without the cost of a transaction around it.
    func query<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try disk.whileDatabaseWorks { try reading.unsafeRead(body) } } catch { throw refusal(error) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        try change(quick, body)
    }

    func durably<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        try change(durable, body)
    }

    private func change<Value>(
        _ queue: DatabaseQueue, _ body: (Database) throws -> Value
    ) throws(SpoolError) -> Value {
        if let failure { throw failure }
        do {
            return try disk.whileDatabaseWorks {
                let value = try queue.write(body)
                if isCheckpointDue { try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) } }
                return value
            }
        } catch let error as SpoolError {
            throw error
        } catch {
            let failure = refusal(error)
            if let error = error as? DatabaseError, Self.isFailedSync(error) { stop(failure) }
            throw failure
        }
    }

    /// What is said of an error. A broken database takes nothing more.
    private func refusal(_ error: any Error) -> SpoolError {
        let failure = Self.failure(error, path)
        if case .brokenDatabase = failure { stop(failure) }
        return failure
    }

    private var isCheckpointDue: Bool {
        state.withLock { state in
            state.transactions += 1
            return state.transactions.isMultiple(of: Self.transactionsPerCheckpoint)
        }
    }

    private func stop(_ failure: SpoolError) {
        let isFirst = state.withLock { state in
            defer { state.failure = state.failure ?? failure }
            return state.failure == nil
        }
        if isFirst { Self.keepOpen([quick, durable, reading]) }
    }

    /// The last connection that is closed would carry the log over and remove whatever has its name by then: they stay
    /// open until the process ends.
    private static func keepOpen(_ queues: [DatabaseQueue]) {
        for queue in queues { _ = Unmanaged.passRetained(queue) }
    }

    /// What `user_version` says of a schema that is whole. Each migration is a transaction of its own, and no reader
    /// may look in between.
    static let wholeSchema = 1

    private static func migrate(_ queue: DatabaseQueue, _ migrator: DatabaseMigrator) throws {
        let isWhole = try queue.read { database in
            try migrator.hasCompletedMigrations(database)
                && Int.fetchOne(database, sql: "PRAGMA user_version") == wholeSchema
        }
        if isWhole { return }
        try queue.write { try $0.execute(sql: "PRAGMA user_version = 0") }
        try migrator.migrate(queue)
        try queue.write { try $0.execute(sql: "PRAGMA user_version = \(wholeSchema)") }
    }

    static func log(_ path: String) -> String { "\(path)-wal" }

    /// Reads the whole database, which takes seconds for a million objects; so only where its last process did not
    /// end in good order, and that is also what the finding of a broken page does to a process.
    private static func check(_ queue: DatabaseQueue) throws {
        let finding = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") } ?? "no answer"
        guard finding == "ok" else {
            let line = finding.split(separator: "\n").joined(separator: " ")
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: line)
        }
    }

    /// Writes to the disk what the system takes for the log and for the database's first page, also what an earlier
    /// process could not sync. The first page is the only one that SQLite writes without the log, and where the
    /// database is empty it removes the log instead of reading it (pager.c, `pagerOpenWalIfPresent`).
    private static func writeAnew(_ path: String, _ disk: any Disk) throws(DiskError) {
        if try disk.exists(path) { try writeAnew(path, disk, through: firstPageLength) }
        if try disk.exists(log(path)) { try writeAnew(log(path), disk, through: .max) }
    }

    private static func writeAnew(_ path: String, _ disk: any Disk, through end: Int64) throws(DiskError) {
        let file = try disk.open(path, for: .writing)
        let size = min(try file.size(), end)
        var offset: Int64 = 0
        while offset < size {
            let piece = try file.read(at: offset, count: Int(min(size - offset, pieceLength)))
            guard !piece.isEmpty else { break }
            try file.write(piece, at: offset)
            offset += Int64(piece.count)
        }
        try file.synchronizeData()
    }

    private static func open(_ location: String, synchronous: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        // The other writer of this process and other stages' readers are done within milliseconds.
        configuration.busyMode = .timeout(30)
        let queue = try DatabaseQueue(path: location, configuration: configuration)
        // Not in `prepareDatabase`: GRDB turns the log on after that, and sets NORMAL when it does.
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 0")
        }
        return queue
    }

    /// - Parameter error: any, of SQLite or of others.
    static func failure(_ error: any Error, _ path: String) -> SpoolError {
        guard let database = error as? DatabaseError, isBroken(database) else {
            return .database(path: path, what: describe(error))
        }
        return .brokenDatabase(path: path, what: describe(error))
    }

    /// Whether the bytes are wrong. That they cannot be had now is no reason to give a database up.
    private static func isBroken(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
            || error.extendedResultCode == .SQLITE_IOERR_SHORT_READ
    }

    /// A transaction whose write fails is undone and costs nothing but itself; a sync that fails leaves unknown what of
    /// the earlier ones is on the disk.
    private static func isFailedSync(_ error: DatabaseError) -> Bool {
        error.extendedResultCode == .SQLITE_IOERR_FSYNC || error.extendedResultCode == .SQLITE_IOERR_DIR_FSYNC
    }

    /// Without SQL arguments, which could hold patients' values.
    static func describe(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "\(error.message ?? "it fails") (SQLite result code \(error.extendedResultCode.rawValue))"
    }
}

/// Another stage's database, read only.
public final class ReadOnlyDatabase: Sendable {
    public let path: String
    private let disk: any Disk
    private let queue: DatabaseQueue
    /// Where this database will be once it turns out to be broken.
    private let broken: String

    /// Nil while the owning stage has not yet made its database and brought it up to date.
    public init?(path: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        self.path = path
        self.disk = disk
        let exists: Bool
        do throws(DiskError) {
            let databases = BrokenDatabases(path: path, disk: disk)
            exists = try disk.exists(path)
            broken = exists ? databases.path(try databases.last() + 1) : ""
        } catch {
            throw .disk(error)
        }
        guard exists else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        do {
            queue = try DatabaseQueue(path: disk.databaseLocation(path), configuration: configuration)
            // Its owner may just be making it.
            let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            guard version == StageDatabase.wholeSchema else { return nil }
        } catch {
            throw .database(path: path, what: StageDatabase.describe(error))
        }
    }

    /// - Throws: also where its owner has set the database aside since: whoever reads on is to begin anew.
    func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        let isSetAside: Bool
        do { isSetAside = try disk.exists(broken) } catch { throw .disk(error) }
        if isSetAside { throw .database(path: path, what: "it was broken and its stage has begun a new one") }
        do { return try queue.read(body) } catch {
            throw .database(path: path, what: StageDatabase.describe(error))
        }
    }

    /// Makes everything durable that could be read before: rows that their owner does not write durably can be read
    /// before SQLite's log is synced.
    func makeDurable() throws(SpoolError) {
        do throws(DiskError) {
            try disk.open("\(path)-wal", for: .reading).synchronizeData()
        } catch {
            // Without a log everything is in the database itself, which was synced before the log was removed.
            guard error.errorNumber == Self.noSuchFile else { throw .disk(error) }
        }
    }

    /// ENOENT, the same number on every Linux architecture.
    private static let noSuchFile: Int32 = 2
}

/// Reading works the same on a stage's own database and on another's.
protocol Readable: Sendable {
    func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value
}

extension StageDatabase: Readable {}
extension ReadOnlyDatabase: Readable {}
