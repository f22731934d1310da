import DICOM
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
                seriesInstanceUID TEXT NOT NULL,
                patientKey TEXT,
                sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                description TEXT NOT NULL
            ) STRICT;
            CREATE INDEX instanceBySOPInstanceUID ON instance (sopInstanceUID);
            CREATE INDEX instanceByStudyInstanceUID ON instance (studyInstanceUID, patientKey);
            CREATE INDEX instanceBySeriesInstanceUID ON instance (seriesInstanceUID, studyInstanceUID);
            """)
    }

    /// - Parameter description: the instance as JSON, as it stands in the file's trailer.
    static func insert(_ entry: Entry, description: [UInt8], in database: Database) throws {
        let instance = entry.instance
        try database.cachedStatement(sql: "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            instance.sequence, entry.file, instance.sopInstanceUID.value, instance.studyInstanceUID.value,
            instance.seriesInstanceUID.value, instance.patientKey?.description, instance.sha256.description,
            String(decoding: description, as: UTF8.self),
        ])
    }

    /// All in one statement: each costs a lock and a look whether the database has changed.
    static func relatives(of description: InstanceDescription, in database: Database) throws -> Relatives {
        let statement = try database.cachedStatement(sql: """
            SELECT known.patientKey, known.studyInstanceUID, copy.description
            FROM (
                SELECT (
                    SELECT patientKey FROM instance WHERE studyInstanceUID = ? AND patientKey IS NOT NULL LIMIT 1
                ) AS patientKey, (
                    SELECT studyInstanceUID FROM instance WHERE seriesInstanceUID = ? LIMIT 1
                ) AS studyInstanceUID
            ) AS known LEFT JOIN instance AS copy ON copy.sopInstanceUID = ?
            ORDER BY copy.sequence
            """)
        let rows = try Row.fetchCursor(statement, arguments: [
            description.studyInstanceUID.value, description.seriesInstanceUID.value, description.sopInstanceUID.value,
        ])
        var relatives = Relatives(copies: [])
        while let row = try rows.next() {
            relatives.patientOfStudy = (row[0] as String?).flatMap { Digest(hexadecimal: $0) }
            relatives.studyOfSeries = (row[1] as String?).flatMap { UID($0) }
            if let copy: String = row[2] { relatives.copies.append(try instance(copy)) }
        }
        return relatives
    }

    private static func instance(_ description: String) throws -> StoredInstance {
        try JSONDecoder().decode(StoredInstance.self, from: Data(description.utf8))
    }

    /// - Parameter table: ours, or one of the same columns.
    static func entries(
        _ condition: String, from table: String = "instance", _ arguments: StatementArguments, in database: Database
    ) throws -> [Entry] {
        let statement = try database.cachedStatement(
            sql: "SELECT file, description FROM \(table) WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            Entry(instance: try instance(row["description"]), file: row["file"])
        }
    }
}
