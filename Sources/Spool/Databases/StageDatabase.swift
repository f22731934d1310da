import GRDB
import Records

/// A stage's SQLite database, with two ways of writing and a connection for reading that waits for neither.
///
/// The index of instance files can be rebuilt from their trailers, so its rows need no sync of their own. Everything
/// else (cursors, completions, parcels) is written with `durably`, which returns after the data is on disk; SQLite's
/// log is synced as a whole, so that also makes every earlier row durable.
public final class StageDatabase: Sendable {
    public let path: String
    private let quick: DatabaseQueue
    private let durable: DatabaseQueue
    private let reading: DatabaseQueue

    /// Opens or makes the database and brings its schema up to date.
    init(path: String, disk: any Disk, migrator: DatabaseMigrator) throws(SpoolError) {
        self.path = path
        let location = disk.databaseLocation(path)
        do {
            quick = try Self.open(location, synchronous: "NORMAL")
            durable = try Self.open(location, synchronous: "FULL")
            try migrator.migrate(durable)
            reading = try Self.open(location, synchronous: "NORMAL")
        } catch {
            throw .database(path: path, what: Self.describe(error))
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try reading.read(body) } catch { throw .database(path: path, what: Self.describe(error)) }
    }

    /// For a single statement, which sees one state of the database without the cost of a transaction around it.
    func query<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try reading.unsafeRead(body) } catch { throw .database(path: path, what: Self.describe(error)) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try quick.write(body) } catch { throw .database(path: path, what: Self.describe(error)) }
    }

    func durably<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
        do { return try durable.write(body) } catch { throw .database(path: path, what: Self.describe(error)) }
    }

    private static func open(_ location: String, synchronous: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        // The other writer of this process and other stages' readers are done within milliseconds.
        configuration.busyMode = .timeout(30)
        let queue = try DatabaseQueue(path: location, configuration: configuration)
        // Not in `prepareDatabase`: GRDB turns the log on after that, and sets NORMAL when it does.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(synchronous)") }
        return queue
    }

    /// Without SQL arguments, which could hold patients' values.
    static func describe(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return error.message ?? "SQLite error \(error.resultCode.rawValue)"
    }
}

/// Another stage's database, read only.
public final class ReadOnlyDatabase: Sendable {
    public let path: String
    private let disk: any Disk
    private let queue: DatabaseQueue

    /// Nil while the owning stage has not yet made its database and brought it up to date.
    public init?(path: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        self.path = path
        self.disk = disk
        let exists: Bool
        do { exists = try disk.exists(path) } catch { throw .disk(error) }
        guard exists else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        do {
            queue = try DatabaseQueue(path: disk.databaseLocation(path), configuration: configuration)
            // Its owner may just be making it.
            guard try queue.read({ try !DatabaseMigrator().appliedIdentifiers($0).isEmpty }) else { return nil }
        } catch {
            throw .database(path: path, what: StageDatabase.describe(error))
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(SpoolError) -> Value {
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
