import GRDB
import Records

/// Instances whose rows are gone and whose files are about to be emptied, so that a power cut between the two brings
/// none of them back.
enum ReleaseTable {
    struct Entry: Sendable {
        var sequence: Int64
        var file: Int64
    }

    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE released (
                sequence INTEGER NOT NULL PRIMARY KEY,
                file INTEGER NOT NULL
            ) STRICT;
            """)
    }

    /// Moves instances out of the index; never the newest, so that the highest number that was ever given can be told
    /// from the index, and from the files alone where the index is lost.
    ///
    /// - Returns: those that were there.
    static func release(_ sequences: [Int64], in database: Database) throws -> [Entry] {
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO released SELECT sequence, file FROM instance
                WHERE sequence = ? AND sequence < (SELECT MAX(sequence) FROM instance) RETURNING sequence, file
                """)
        let delete = try database.cachedStatement(sql: "DELETE FROM instance WHERE sequence = ?")
        var entries: [Entry] = []
        for sequence in sequences {
            guard let row = try Row.fetchOne(insert, arguments: [sequence]) else { continue }
            try delete.execute(arguments: [sequence])
            entries.append(Entry(sequence: row["sequence"], file: row["file"]))
        }
        return entries
    }

    static func entries(in database: Database) throws -> [Entry] {
        try Row.fetchAll(database, sql: "SELECT sequence, file FROM released ORDER BY sequence")
            .map { Entry(sequence: $0["sequence"], file: $0["file"]) }
    }

    static func forget(_ entries: [Entry], in database: Database) throws {
        let statement = try database.cachedStatement(sql: "DELETE FROM released WHERE sequence = ?")
        for entry in entries { try statement.execute(arguments: [entry.sequence]) }
    }
}
