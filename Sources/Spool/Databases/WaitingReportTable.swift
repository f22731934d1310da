import DICOM
import GRDB

/// A storage commitment report that its peer has not taken yet.
public struct WaitingReport: Sendable, Equatable {
    public var transactionUID: UID
    /// Whom to tell.
    public var aeTitle: String
    /// As its writer encodes it.
    public var report: String

    public init(transactionUID: UID, aeTitle: String, report: String) {
        self.transactionUID = transactionUID
        self.aeTitle = aeTitle
        self.report = report
    }
}

enum WaitingReportTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE waitingReport (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                transactionUID TEXT NOT NULL UNIQUE,
                aeTitle TEXT NOT NULL,
                report TEXT NOT NULL
            ) STRICT;
            """)
    }

    static func count(in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM waitingReport") ?? 0
    }

    static func insert(_ report: WaitingReport, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO waitingReport (transactionUID, aeTitle, report) VALUES (?, ?, ?)",
            arguments: [report.transactionUID.value, report.aeTitle, report.report])
    }

    static func reports(for aeTitle: String, limit: Int, in database: Database) throws -> [WaitingReport] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM waitingReport WHERE aeTitle = ? ORDER BY id LIMIT ?",
            arguments: [aeTitle, limit]
        ).map { row in
            guard let transaction = UID(row["transactionUID"] as String) else {
                throw DatabaseError(message: "a report's row holds something that is not a UID")
            }
            return WaitingReport(transactionUID: transaction, aeTitle: row["aeTitle"], report: row["report"])
        }
    }

    static func delete(_ transactionUID: UID, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM waitingReport WHERE transactionUID = ?", arguments: [transactionUID.value])
    }
}
