import GRDB
import Records

/// What a stage reads on in: rows of the stages before it, by their ever-growing numbers.
enum Feed: String {
    /// Instances for the courier, completions for the analysis.
    case intake
    case analysis
    /// Reports of storage commitments that intake received for the courier.
    case commitmentReports

    init?(instancesOf stage: Stage) {
        switch stage {
        case .intake: self = .intake
        case .analysis: self = .analysis
        case .courier, .board: return nil
        }
    }
}

/// How far a stage has read in each feed. Moved in the same transaction as what reading on caused.
enum CursorTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE cursor (
                stage TEXT NOT NULL PRIMARY KEY,
                position INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
    }

    static func position(of feed: Feed, in database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database, sql: "SELECT position FROM cursor WHERE stage = ?", arguments: [feed.rawValue]) ?? 0
    }

    static func move(_ feed: Feed, to position: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO cursor VALUES (?, ?)
                ON CONFLICT (stage) DO UPDATE SET position = MAX(position, excluded.position)
                """,
            arguments: [feed.rawValue, position])
    }
}
