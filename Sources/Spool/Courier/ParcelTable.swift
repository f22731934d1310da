import GRDB
import Records

/// The courier's queues as rows: one parcel for each object and destination.
///
/// `dueAt` is in milliseconds of the courier's own clock, which starts with the process; 0 is at once. `commitment` is
/// the transaction UID under which the destination was asked to commit; `awaitsCommitment` is 1 where it is still to be
/// asked and 2 where it was.
enum ParcelTable {
    static func migrate(_ database: Database) throws {
        try database.execute(sql: """
            CREATE TABLE parcel (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                destination TEXT NOT NULL,
                stage TEXT NOT NULL CHECK (stage IN ('intake', 'analysis')),
                sequence INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'waiting', 'delivered', 'refused')),
                attempts INTEGER NOT NULL DEFAULT 0,
                lastError TEXT,
                UNIQUE (destination, stage, sequence)
            ) STRICT;
            CREATE INDEX parcelToSend ON parcel (destination, state) WHERE state IN ('queued', 'waiting', 'sending');
            """)
    }

    /// Priorities, times, operators' commands, storage commitment, and counts that need no counting.
    static func migrateToStates(_ database: Database) throws {
        try database.execute(sql: """
            DROP INDEX parcelToSend;
            ALTER TABLE parcel RENAME TO parcelBefore;
            CREATE TABLE parcel (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                destination TEXT NOT NULL,
                stage TEXT NOT NULL CHECK (stage IN ('intake', 'analysis')),
                sequence INTEGER NOT NULL,
                priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
                state TEXT NOT NULL CHECK (state IN (
                    'queued', 'sending', 'waiting', 'delivered', 'committed', 'refused', 'held', 'expired', 'dropped')),
                attempts INTEGER NOT NULL DEFAULT 0,
                dueAt INTEGER NOT NULL DEFAULT 0 CHECK (dueAt >= 0),
                queuedAt INTEGER NOT NULL DEFAULT 0,
                awaitsCommitment INTEGER NOT NULL DEFAULT 0 CHECK (awaitsCommitment BETWEEN 0 AND 2),
                commitment TEXT,
                lastError TEXT,
                UNIQUE (destination, stage, sequence)
            ) STRICT;
            CREATE INDEX parcelReady ON parcel (destination, priority, id)
                WHERE state IN ('queued', 'waiting') AND dueAt = 0;
            CREATE INDEX parcelDue ON parcel (destination, dueAt) WHERE state = 'waiting' AND dueAt > 0;
            CREATE INDEX parcelSending ON parcel (id) WHERE state = 'sending';
            CREATE INDEX parcelInTrouble ON parcel (destination, id)
                WHERE state IN ('waiting', 'refused', 'sending') AND lastError IS NOT NULL;
            CREATE INDEX parcelToCommit ON parcel (destination, awaitsCommitment, id) WHERE awaitsCommitment > 0;
            CREATE INDEX parcelByCommitment ON parcel (commitment) WHERE commitment IS NOT NULL;
            CREATE INDEX parcelByAge ON parcel (destination, queuedAt)
                WHERE state IN ('queued', 'waiting') AND queuedAt > 0;
            CREATE INDEX parcelByObject ON parcel (stage, sequence);

            CREATE TABLE parcelCount (
                destination TEXT NOT NULL,
                state TEXT NOT NULL,
                number INTEGER NOT NULL CHECK (number >= 0),
                PRIMARY KEY (destination, state)
            ) STRICT, WITHOUT ROWID;
            CREATE TRIGGER parcelInserted AFTER INSERT ON parcel BEGIN
                INSERT INTO parcelCount VALUES (NEW.destination, NEW.state, 1)
                ON CONFLICT (destination, state) DO UPDATE SET number = number + 1;
            END;
            CREATE TRIGGER parcelDeleted AFTER DELETE ON parcel BEGIN
                UPDATE parcelCount SET number = number - 1
                WHERE destination = OLD.destination AND state = OLD.state;
            END;
            CREATE TRIGGER parcelChanged AFTER UPDATE OF state ON parcel WHEN OLD.state <> NEW.state BEGIN
                UPDATE parcelCount SET number = number - 1
                WHERE destination = OLD.destination AND state = OLD.state;
                INSERT INTO parcelCount VALUES (NEW.destination, NEW.state, 1)
                ON CONFLICT (destination, state) DO UPDATE SET number = number + 1;
            END;

            INSERT INTO parcel (id, destination, stage, sequence, priority, state, attempts, lastError)
            SELECT id, destination, stage, sequence, CASE stage WHEN 'analysis' THEN 1 ELSE 3 END, state, attempts,
                lastError FROM parcelBefore;
            DROP TABLE parcelBefore;

            CREATE TABLE heldDestination (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
            CREATE TABLE commitment (
                transactionUID TEXT NOT NULL PRIMARY KEY,
                destination TEXT NOT NULL,
                askedAt INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
    }

    static func insert(
        destination: String, stage: Stage, sequence: Int64, priority: Parcel.Priority, queuedAt: Timestamp?,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO parcel (destination, stage, sequence, priority, queuedAt, state)
                VALUES (?, ?, ?, ?, ?, 'queued')
                """
        ).execute(arguments: [
            destination, stage.rawValue, sequence, priority.rawValue, queuedAt?.microseconds ?? 0,
        ])
    }

    static func parcels(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [Parcel] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM parcel WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map(parcel)
    }

    private static func parcel(_ row: Row) throws -> Parcel {
        guard let stage = Stage(rawValue: row["stage"]), let state = Parcel.State(rawValue: row["state"]),
            let priority = Parcel.Priority(rawValue: row["priority"])
        else { throw DatabaseError(message: "a parcel's row holds an unknown stage, priority or state") }
        return Parcel(
            id: row["id"], destination: row["destination"], stage: stage, sequence: row["sequence"],
            priority: priority, state: state, attempts: row["attempts"], lastError: row["lastError"])
    }

    /// Of each destination, without the last problem, which takes longer to find.
    static func counts(in database: Database) throws -> [String: QueueSummary] {
        var summaries: [String: QueueSummary] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM parcelCount") {
            guard let state = Parcel.State(rawValue: row["state"]) else { continue }
            summaries[row["destination"], default: QueueSummary(destination: row["destination"])]
                .count(state, row["number"])
        }
        return summaries
    }

    /// One for each destination that ever had a parcel or is held, by name.
    static func summaries(in database: Database) throws -> [QueueSummary] {
        var summaries = try counts(in: database)
        for name in try String.fetchAll(database, sql: "SELECT name FROM heldDestination") {
            summaries[name, default: QueueSummary(destination: name)].isHeld = true
        }
        for name in Array(summaries.keys) {
            summaries[name]?.lastError = try String.fetchOne(
                database,
                sql: """
                    SELECT lastError FROM parcel
                    WHERE destination = ? AND state IN ('waiting', 'refused', 'sending') AND lastError IS NOT NULL
                    ORDER BY id DESC LIMIT 1
                    """,
                arguments: [name])
        }
        return summaries.values.sorted { $0.destination < $1.destination }
    }

    static func isHeld(_ destination: String, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM heldDestination WHERE name = ?)",
            arguments: [destination]) ?? false
    }
}
