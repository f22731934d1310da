import GRDB

/// What a peer said of objects that it was sent, on its way to the courier.
public struct CommitmentReportRow: Sendable, Equatable {
    /// Grows with every report.
    public var sequence: Int64
    /// As its writer encodes it.
    public var report: String
}

enum CommitmentReportTable {
    static func migrate(_ database: Database) throws {
        // AUTOINCREMENT: a number is not used again after its row was deleted, for the courier has gone past it.
        try database.execute(sql: """
            CREATE TABLE commitmentReport (
                sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                report TEXT NOT NULL
            ) STRICT;
            """)
    }

    static func insert(_ report: String, in database: Database) throws {
        try database.execute(sql: "INSERT INTO commitmentReport (report) VALUES (?)", arguments: [report])
    }

    static func delete(through sequence: Int64, in database: Database) throws {
        try database.execute(sql: "DELETE FROM commitmentReport WHERE sequence <= ?", arguments: [sequence])
    }

    static func count(in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM commitmentReport") ?? 0
    }

    static func reports(after sequence: Int64, limit: Int, in database: Database) throws -> [CommitmentReportRow] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM commitmentReport WHERE sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [sequence, limit]
        ).map { CommitmentReportRow(sequence: $0["sequence"], report: $0["report"]) }
    }
}
