import GRDB
import Records

/// How far a stage has read in each stage before it. Moved in the same transaction as what reading on caused.
enum CursorTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE cursor (
                stage TEXT NOT NULL PRIMARY KEY,
                position INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
    }

    static func position(of stage: Stage, in database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database, sql: "SELECT position FROM cursor WHERE stage = ?", arguments: [stage.rawValue]) ?? 0
    }

    static func move(_ stage: Stage, to position: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO cursor VALUES (?, ?)
                ON CONFLICT (stage) DO UPDATE SET position = MAX(position, excluded.position)
                """,
            arguments: [stage.rawValue, position])
    }
}
