import GRDB
import Simulation
import Spool
import TestSupport

/// A database whose transactions can be told whole from half: each writes several rows of random length and moves a
/// total, and now and then removes an older transaction's rows again.
struct Ledger {
    static let path = "/data/ledger.sqlite"
    static let rowsPerTransaction = 3

    let queue: DatabaseQueue

    /// - Parameters:
    ///   - journalMode: SQLite's word for it, such as `WAL`.
    ///   - synchronous: SQLite's word for it, such as `FULL`.
    init(on disk: SimulatedDisk, journalMode: String = "WAL", synchronous: String = "FULL") throws {
        try disk.createFolder("/data")
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = \(journalMode)")
            try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
            // So often that a short run has several checkpoints.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 12")
            // So few pages that some are written before their transaction ends.
            try database.execute(sql: "PRAGMA cache_size = 10")
        }
        queue = try DatabaseQueue(path: disk.databaseLocation(Self.path), configuration: configuration)
        try queue.write { database in
            try database.execute(sql: """
                CREATE TABLE IF NOT EXISTS entry (number INTEGER, row INTEGER, bytes BLOB, PRIMARY KEY (number, row));
                CREATE TABLE IF NOT EXISTS total (entries INTEGER NOT NULL);
                INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM total);
                """)
        }
    }

    func write(_ number: Int) throws {
        var chance = SeededGenerator(seed: UInt64(number))
        try queue.write { database in
            for row in 0..<Self.rowsPerTransaction {
                try database.execute(
                    sql: "INSERT INTO entry VALUES (?, ?, zeroblob(?))",
                    arguments: [number, row, Int.random(in: 0..<6000, using: &chance)])
            }
            if number.isMultiple(of: 5) {
                try database.execute(sql: "UPDATE entry SET bytes = NULL WHERE number = ?", arguments: [number - 3])
            }
            try database.execute(sql: "UPDATE total SET entries = entries + 1")
        }
    }

    /// Writes transactions 1, 2, … until one fails; gives the number of those that were committed.
    static func run(
        _ count: Int, on disk: SimulatedDisk, journalMode: String = "WAL", synchronous: String = "FULL"
    ) -> Int {
        var committed = 0
        do {
            let ledger = try Ledger(on: disk, journalMode: journalMode, synchronous: synchronous)
            for number in 1...count {
                try ledger.write(number)
                committed = number
            }
        } catch {
            // Power was lost: what matters is what was committed before.
        }
        return committed
    }

    /// What a later start finds.
    struct Found: Equatable {
        var integrity: String
        /// Whole transactions, ascending.
        var whole: [Int]
        /// Transactions of which some rows are there and some not.
        var half: [Int]
        var total: Int
    }

    func examine() throws -> Found {
        try queue.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT number, COUNT(*) AS rows FROM entry GROUP BY number ORDER BY number")
            let isWhole: (Row) -> Bool = { $0["rows"] == Self.rowsPerTransaction }
            return Found(
                integrity: try String.fetchOne(database, sql: "PRAGMA integrity_check") ?? "",
                whole: rows.filter(isWhole).map { $0["number"] },
                half: rows.filter { !isWhole($0) }.map { $0["number"] },
                total: try Int.fetchOne(database, sql: "SELECT entries FROM total") ?? -1)
        }
    }
}
