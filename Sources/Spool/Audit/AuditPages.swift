import Foundation
import GRDB
import Records

/// A row of an audit log as it was found, which need not be as it was written.
struct AuditRow: Sendable, Equatable {
    var number: Int64
    /// Nil where it is longer than any event that this program writes.
    var event: [UInt8]?
    /// Nil where it is not 32 bytes.
    var hash: Records.Digest?
    /// Whether the event is JSON.
    var isJSON: Bool
}

/// Reads an audit log a page at a time. No lock is held between pages, so a slow reader does not keep the log's owner
/// from tidying up.
struct AuditPages: Sendable {
    /// Rows held in memory at a time.
    static let rowsInPage = 1000
    /// In bytes; a row that says more was not written by this program, and is not read.
    static let longestEvent = AuditEvent.longestJSON

    let database: any Readable

    /// Some rows, and where the log began when they were read.
    struct Page: Sendable {
        var stage: Stage
        var anchor: AuditHead
        /// In ascending order; empty at the end.
        var rows: [AuditRow]
    }

    /// The rows behind `number`.
    func rows(after number: Int64) throws(SpoolError) -> Page {
        try database.read { database in
            let (stage, anchor) = try AuditTable.anchor(in: database)
            // What somebody put there may have any type and any length.
            let statement = try database.cachedStatement(sql: """
                SELECT number, json_valid(event) AS isJSON,
                    CASE WHEN length(CAST(event AS BLOB)) <= ? THEN CAST(event AS BLOB) END AS event,
                    CASE WHEN typeof(hash) = 'blob' AND length(hash) = 32 THEN hash END AS hash
                FROM audit WHERE number > ? ORDER BY number LIMIT ?
                """)
            // Rows up to the anchor are about to be deleted.
            let rows = try Row.fetchAll(
                statement, arguments: [Self.longestEvent, max(number, anchor.number), Self.rowsInPage])
            return Page(stage: stage, anchor: anchor, rows: rows.map(Self.row))
        }
    }

    /// The place after which the log begins now.
    func anchor() throws(SpoolError) -> AuditHead {
        try database.read { try AuditTable.anchor(in: $0).head }
    }

    /// The newest row.
    func newest() throws(SpoolError) -> AuditHead {
        try database.read { try AuditTable.newest(in: $0).head }
    }

    /// How many rows there are behind `number`, by their numbers alone.
    func count(after number: Int64) throws(SpoolError) -> Int64 {
        try database.read { database in
            let anchor = try AuditTable.anchor(in: database).head.number
            let last = try Int64.fetchOne(database, sql: "SELECT MAX(number) FROM audit") ?? anchor
            return max(0, last - max(number, anchor))
        }
    }

    /// The hash of a row: what the one after it builds on. Nil where there is no such row, or no hash in it.
    func hash(ofRow number: Int64) throws(SpoolError) -> Records.Digest? {
        try database.read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT hash FROM audit WHERE number = ? AND typeof(hash) = 'blob' AND length(hash) = 32",
                arguments: [number])
            return row.flatMap { Records.Digest($0["hash"] as Data) }
        }
    }

    /// Whether some row says that the rows up to `anchor` were removed.
    func attests(removalThrough anchor: AuditHead) throws(SpoolError) -> Bool {
        // As `canonicalJSON` writes it; texts cannot hold quotes.
        let words = "\"anchorHash\":\"\(anchor.hash)\",\"anchorNumber\":\(anchor.number),"
        return try database.read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM audit WHERE instr(event, ?) > 0)",
                arguments: [words]) ?? false
        }
    }

    private static func row(_ row: Row) -> AuditRow {
        let event: Data? = row["event"]
        let hash: Data? = row["hash"]
        return AuditRow(
            number: row["number"], event: event.map { Array($0) }, hash: hash.flatMap { Records.Digest($0) },
            isJSON: row["isJSON"] == 1)
    }
}
