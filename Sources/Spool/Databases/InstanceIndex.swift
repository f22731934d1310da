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

    static func relatives(of description: InstanceDescription, in database: Database) throws -> Relatives {
        let patient = try String.fetchOne(
            database.cachedStatement(sql: """
                SELECT patientKey FROM instance WHERE studyInstanceUID = ? AND patientKey IS NOT NULL LIMIT 1
                """),
            arguments: [description.studyInstanceUID.value])
        let study = try String.fetchOne(
            database.cachedStatement(sql: "SELECT studyInstanceUID FROM instance WHERE seriesInstanceUID = ? LIMIT 1"),
            arguments: [description.seriesInstanceUID.value])
        return Relatives(
            copies: try entries(
                "sopInstanceUID = ? ORDER BY sequence", [description.sopInstanceUID.value], in: database
            ).map(\.instance),
            patientOfStudy: patient.flatMap { Digest(hexadecimal: $0) }, studyOfSeries: study.flatMap { UID($0) })
    }

    /// - Parameter table: ours, or one of the same columns.
    static func entries(
        _ condition: String, from table: String = "instance", _ arguments: StatementArguments, in database: Database
    ) throws -> [Entry] {
        let statement = try database.cachedStatement(
            sql: "SELECT file, description FROM \(table) WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let description: String = row["description"]
            let instance = try JSONDecoder().decode(StoredInstance.self, from: Data(description.utf8))
            return Entry(instance: instance, file: row["file"])
        }
    }
}
