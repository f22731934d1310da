import Foundation
import GRDB

/// What a stage last measured, for `outpost status`. Not synced by itself.
enum GaugeTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE gauge (
                name TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL CHECK (json_valid(value))
            ) STRICT, WITHOUT ROWID;
            """)
    }
}

extension StageDatabase {
    /// Shows a value under a name, as JSON.
    public func show(_ value: some Encodable, as name: String) throws(SpoolError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO gauge VALUES (?, ?)",
                arguments: [name, String(decoding: try JSONEncoder().encode(value), as: UTF8.self)])
        }
    }
}

extension ReadOnlyDatabase {
    /// What the stage shows under a name; nil where it shows nothing.
    public func shown<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws(SpoolError) -> Value? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT value FROM gauge WHERE name = ?", arguments: [name])
                .map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
        }
    }
}
