import GRDB
import Records

/// Counts of what a stage has seen, kept over restarts and shown by `outpost status`.
enum Counters {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE counter (
                name TEXT NOT NULL PRIMARY KEY,
                value INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
    }

    static func increment(_ name: String, by count: Int = 1, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value")
        try statement.execute(arguments: [name, count])
    }

    static func all(in database: Database) throws -> [String: Int] {
        let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM counter")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["value"]) })
    }
}

extension StageDatabase {
    /// Counts and audits what has no other effect in this database. Not synced by itself.
    ///
    /// - Parameter count: how many times it happened.
    public func note(counter: String?, by count: Int = 1, audit: AuditEvent?) throws(SpoolError) {
        try write { database in
            if let counter { try Counters.increment(counter, by: count, in: database) }
            if let audit { try AuditTable.append([audit], in: database) }
        }
    }
}

extension ReadOnlyDatabase {
    public func counters() throws(SpoolError) -> [String: Int] { try read(Counters.all) }
}
