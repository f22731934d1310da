import Foundation
import GRDB
import Records

/// The rows that lead from sequence numbers and UIDs to instance files. All of it can be rebuilt from the files'
/// trailers.
enum InstanceIndex {
    struct Entry: Sendable {
        var instance: StoredInstance
        var file: Int64
    }

    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE instance (
                sequence INTEGER NOT NULL PRIMARY KEY,
                file INTEGER NOT NULL UNIQUE,
                sopInstanceUID TEXT NOT NULL,
                studyInstanceUID TEXT NOT NULL,
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                description TEXT NOT NULL
            ) STRICT;
            CREATE INDEX instanceBySOPInstanceUID ON instance (sopInstanceUID);
            CREATE INDEX instanceByStudyInstanceUID ON instance (studyInstanceUID);
            """)
    }

    /// - Parameter description: the instance as JSON, as it stands in the file's trailer.
    static func insert(_ entry: Entry, description: [UInt8], in database: Database) throws {
        let instance = entry.instance
        try database.cachedStatement(sql: "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?)").execute(arguments: [
            instance.sequence, entry.file, instance.sopInstanceUID.value, instance.studyInstanceUID.value,
            instance.sha256.description, String(decoding: description, as: UTF8.self),
        ])
    }

    static func entries(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [Entry] {
        let statement = try database.cachedStatement(
            sql: "SELECT file, description FROM instance WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let description: String = row["description"]
            let instance = try JSONDecoder().decode(StoredInstance.self, from: Data(description.utf8))
            return Entry(instance: instance, file: row["file"])
        }
    }
}
