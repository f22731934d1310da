import GRDB
import Records

/// The floor of the wall clock (``ClockTrust``), in one row. Intake owns it; other stages read it.
///
/// Without its row the floor is the program's own date.
enum ClockTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE clock (
                one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
                floorMicroseconds INTEGER NOT NULL CHECK (floorMicroseconds BETWEEN 0 AND 253402300799999999)
            ) STRICT;
            """)
    }

    static func floor(in database: Database) throws -> Timestamp? {
        try Int64.fetchOne(database, sql: "SELECT floorMicroseconds FROM clock").map { Timestamp(microseconds: $0) }
    }

    static func keep(_ floor: Timestamp, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO clock VALUES (1, ?)")
            .execute(arguments: [floor.microseconds])
    }

    static func reset(in database: Database) throws {
        try database.execute(sql: "DELETE FROM clock")
    }
}

extension StageDatabase {
    /// The floor that was written down last; nil where there is none.
    public func clockFloor() throws(SpoolError) -> Timestamp? { try read { try ClockTable.floor(in: $0) } }
}

extension ReadOnlyDatabase {
    /// The floor that was written down last; nil where there is none.
    public func clockFloor() throws(SpoolError) -> Timestamp? {
        try read { database in try database.tableExists("clock") ? ClockTable.floor(in: database) : nil }
    }
}
