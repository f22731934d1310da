import Foundation
import GRDB
import Records

/// A stage's audit log: rows that are only ever added, each sealed with the hash of all before it (``AuditHash``).
///
/// A row is written in the transaction of the effect that it tells of, so that there is never one without the other.
enum AuditTable {
    /// - Parameter stage: whose database it is; part of every hash.
    static func migrate(_ database: Database, stage: Stage) throws {
        // The triggers keep our own mistakes out. Those who mean to change the log can drop them, and then the hashes
        // tell.
        try database.execute(sql: """
            CREATE TABLE audit (
                number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
                event TEXT NOT NULL CHECK (json_valid(event)),
                hash BLOB NOT NULL CHECK (length(hash) = 32)
            ) STRICT;
            CREATE TABLE auditChain (
                one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
                stage TEXT NOT NULL,
                anchorNumber INTEGER NOT NULL CHECK (anchorNumber >= 0),
                anchorHash BLOB NOT NULL CHECK (length(anchorHash) = 32)
            ) STRICT;
            CREATE TRIGGER auditGrowsWithoutGaps BEFORE INSERT ON audit
            WHEN NEW.number <> 1 + COALESCE(
                (SELECT MAX(number) FROM audit), (SELECT anchorNumber FROM auditChain))
            BEGIN SELECT RAISE(ABORT, 'rows of the audit log are numbered without gaps'); END;
            CREATE TRIGGER auditIsNeverChanged BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'rows of the audit log are never changed'); END;
            CREATE TRIGGER auditIsRemovedBySegment BEFORE DELETE ON audit
            WHEN OLD.number > (SELECT anchorNumber FROM auditChain)
            BEGIN SELECT RAISE(ABORT, 'rows of the audit log are removed only below its anchor'); END;
            """)
        try database.execute(
            sql: "INSERT INTO auditChain VALUES (1, ?, ?, ?)",
            arguments: [stage.rawValue, AuditHash.start.number, Data(AuditHash.start.hash.bytes)])
    }

    /// Adds rows. Call it in the transaction that carries what they tell of.
    ///
    /// Reads one row, whatever the number of events.
    static func append(_ events: [AuditEvent], in database: Database) throws {
        guard !events.isEmpty else { return }
        var (stage, head) = try newest(in: database)
        let insert = try database.cachedStatement(sql: "INSERT INTO audit VALUES (?, ?, ?)")
        for event in events {
            let json = event.canonicalJSON
            let number = head.number + 1
            head = AuditHead(
                number: number, hash: AuditHash.of(json.utf8, number: number, after: head.hash, in: stage))
            try insert.execute(arguments: [number, json, Data(head.hash.bytes)])
        }
    }

    /// The stage of the log and its newest row, or its anchor where it has none.
    static func newest(in database: Database) throws -> (stage: Stage, head: AuditHead) {
        let statement = try database.cachedStatement(sql: """
            SELECT stage, COALESCE(number, anchorNumber) AS number, COALESCE(hash, anchorHash) AS hash
            FROM auditChain LEFT JOIN (SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1)
            """)
        guard let row = try Row.fetchOne(statement) else { throw noChain }
        return (try stage(row), try head(row))
    }

    /// The stage of the log, and the place after which its rows begin.
    static func anchor(in database: Database) throws -> (stage: Stage, head: AuditHead) {
        let statement = try database.cachedStatement(
            sql: "SELECT stage, anchorNumber AS number, anchorHash AS hash FROM auditChain")
        guard let row = try Row.fetchOne(statement) else { throw noChain }
        return (try stage(row), try head(row))
    }

    private static func stage(_ row: Row) throws -> Stage {
        guard let name: String = row["stage"], let stage = Stage(rawValue: name) else {
            throw DatabaseError(message: "the audit log is of an unknown stage")
        }
        return stage
    }

    private static func head(_ row: Row) throws -> AuditHead {
        guard let number: Int64 = row["number"], let bytes: Data = row["hash"], let hash = Records.Digest(bytes) else {
            throw DatabaseError(message: "the audit log's anchor or newest row holds no hash")
        }
        return AuditHead(number: number, hash: hash)
    }

    private static var noChain: DatabaseError { DatabaseError(message: "the audit log has no anchor") }
}

extension StageDatabase {
    /// Adds rows to the audit log that tell of what has no other effect in this database. Returns when they are
    /// durable.
    public func audit(_ events: [AuditEvent]) throws(SpoolError) {
        try durably { try AuditTable.append(events, in: $0) }
    }

    /// Says in the audit log that the stage begins to run; in an empty log first that the log begins.
    ///
    /// - Parameter settings: what is to be said of its database and its settings, right after it.
    public func auditStart(
        of stage: Stage, at time: RecordedTime, settings: [AuditEvent] = []
    ) throws(SpoolError) {
        let subject = AuditSubject(stage: stage)
        try durably { database in
            var events = [AuditEvent(.stageStarted, at: time, of: subject)] + settings
            if try AuditTable.newest(in: database).head.number == 0 {
                events.insert(AuditEvent(.auditStarted, at: time, of: subject), at: 0)
            }
            try AuditTable.append(events, in: database)
        }
    }
}
