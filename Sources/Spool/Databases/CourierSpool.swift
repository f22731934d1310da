import DICOM
import GRDB
import Records

/// How many parcels of a destination are in each state.
public struct QueueSummary: Sendable, Codable, Equatable {
    public var destination: String
    public var queued = 0
    public var sending = 0
    public var waiting = 0
    public var delivered = 0
    public var refused = 0
    /// Why the newest failed attempt failed; nil once nothing waits and nothing was refused.
    public var lastError: String?

    public init(destination: String) { self.destination = destination }

    /// Parcels still to be handed over.
    public var pending: Int { queued + sending + waiting }

    mutating func count(_ state: Parcel.State, _ number: Int) {
        switch state {
        case .queued: queued += number
        case .sending: sending += number
        case .waiting: waiting += number
        case .delivered: delivered += number
        case .refused: refused += number
        }
    }
}

/// Everything that the courier owns: its cursors over the stages that keep objects, and a queue for each destination.
public final class CourierSpool: Sendable {
    private let home: StageHome

    public var database: StageDatabase { home.database }

    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        home = try StageHome(stage: .courier, folder: folder, disk: disk, migrations: [{ database in
            try Counters.migrate(database)
            try CursorTable.migrate(database)
            try ParcelTable.migrate(database)
        }])
        // Whatever was in flight at a crash may or may not have arrived; destinations tell copies apart by UID and
        // digest.
        try database.durably { database in
            try database.execute(sql: "UPDATE parcel SET state = 'waiting' WHERE state = 'sending'")
        }
    }

    public func cursor(of stage: Stage) throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: stage, in: $0) }
    }

    /// Queues `instances` for each of `destinations` and moves the cursor of their stage, in one transaction. What is
    /// quarantined is passed over.
    public func enqueue(
        _ instances: [StoredInstance], of stage: Stage, for destinations: [String]
    ) throws(SpoolError) {
        guard let last = instances.last else { return }
        try database.durably { database in
            for instance in instances where !instance.isQuarantined {
                for destination in destinations {
                    try database.execute(
                        sql: """
                            INSERT OR IGNORE INTO parcel (destination, stage, sequence, state)
                            VALUES (?, ?, ?, 'queued')
                            """,
                        arguments: [destination, stage.rawValue, instance.sequence])
                }
            }
            try CursorTable.move(stage, to: last.sequence, in: database)
        }
    }

    /// The next parcels to try: those tried least often, so that none that keeps failing holds others up; of them
    /// results before images, then in order of arrival.
    public func next(for destination: String, limit: Int) throws(SpoolError) -> [Parcel] {
        try database.read { database in
            try ParcelTable.parcels(
                """
                destination = ? AND state IN ('queued', 'waiting')
                ORDER BY attempts, stage = 'analysis' DESC, id LIMIT ?
                """,
                [destination, limit], in: database)
        }
    }

    /// Writes that these parcels are about to be sent, before the first byte leaves.
    public func markSending(_ parcels: [Parcel]) throws(SpoolError) {
        try database.durably { database in
            for parcel in parcels {
                try database.execute(
                    sql: "UPDATE parcel SET state = 'sending', attempts = attempts + 1 WHERE id = ?",
                    arguments: [parcel.id])
            }
        }
    }

    /// Writes how an attempt ended.
    public func finish(_ parcel: Parcel.ID, _ state: Parcel.State, error: String?) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: "UPDATE parcel SET state = ?, lastError = ? WHERE id = ?",
                arguments: [state.rawValue, error, parcel])
        }
    }
}

/// The courier's database as `outpost status` sees it.
public final class CourierReader: Sendable {
    public let database: ReadOnlyDatabase

    /// Nil while the courier has never run on this folder.
    public init?(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder), disk: disk) else { return nil }
        self.database = database
    }

    public func cursor(of stage: Stage) throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: stage, in: $0) }
    }

    public func queues() throws(SpoolError) -> [QueueSummary] {
        try database.read(ParcelTable.summaries)
    }

    /// The parcels of one object.
    public func parcels(stage: Stage, sequence: Int64) throws(SpoolError) -> [Parcel] {
        try database.read { database in
            try ParcelTable.parcels("stage = ? AND sequence = ? ORDER BY id", [stage.rawValue, sequence], in: database)
        }
    }
}

private enum ParcelTable {
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

    static func parcels(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [Parcel] {
        try Row.fetchAll(database, sql: "SELECT * FROM parcel WHERE \(condition)", arguments: arguments).map { row in
            guard let stage = Stage(rawValue: row["stage"]), let state = Parcel.State(rawValue: row["state"]) else {
                throw DatabaseError(message: "a parcel's row holds an unknown stage or state")
            }
            return Parcel(
                id: row["id"], destination: row["destination"], stage: stage, sequence: row["sequence"], state: state,
                attempts: row["attempts"], lastError: row["lastError"])
        }
    }

    static func summaries(in database: Database) throws -> [QueueSummary] {
        var summaries: [String: QueueSummary] = [:]
        for row in try Row.fetchAll(
            database, sql: "SELECT destination, state, COUNT(*) AS number FROM parcel GROUP BY destination, state")
        {
            guard let state = Parcel.State(rawValue: row["state"]) else { continue }
            summaries[row["destination"], default: QueueSummary(destination: row["destination"])]
                .count(state, row["number"])
        }
        for row in try Row.fetchAll(
            database,
            sql: """
                SELECT destination, lastError FROM parcel
                WHERE state IN ('waiting', 'refused', 'sending') AND lastError IS NOT NULL ORDER BY id
                """)
        {
            summaries[row["destination"]]?.lastError = row["lastError"]
        }
        return summaries.values.sorted { $0.destination < $1.destination }
    }
}
