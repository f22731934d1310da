import DICOM
import GRDB
import Records
import Synchronization

/// Everything that the courier owns: its cursors over the stages before it, and a queue for each destination.
///
/// Synchronous throughout. Times are the courier's own: the time since its start by the monotonic clock, given by the
/// caller.
public final class CourierSpool: Sendable {
    private let home: StageHome
    /// Ends of attempts that the disk would not take; at most those of the parcels in flight.
    private let unwritten = Mutex<[EndedAttempt]>([])

    public var database: StageDatabase { home.database }

    /// What was found when the queues were opened.
    public var recovery: RecoveryReport {
        var report = RecoveryReport()
        report.setAside = home.setAside
        return report
    }

    static let migrations: [StageHome.Migration] = [
        { database in
            try Counters.migrate(database)
            try CursorTable.migrate(database)
            try ParcelTable.migrate(database)
        },
        { database in
            try ParcelTable.migrateToStates(database)
            try AuditTable.migrate(database, stage: .courier)
        },
    ]

    /// Opens the queues. What was in flight when they were last open waits to be tried again, and every pause is over.
    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        home = try StageHome(stage: .courier, folder: folder, disk: disk, migrations: Self.migrations)
        // What was in flight at a crash may or may not have arrived; destinations tell copies apart by UID and digest.
        try database.durably { database in
            try database.execute(sql: """
                UPDATE parcel SET state = 'waiting' WHERE state = 'sending';
                UPDATE parcel SET dueAt = 0 WHERE state = 'waiting' AND dueAt > 0;
                UPDATE commitment SET askedAt = 0;
                """)
        }
    }

    public func queues() throws(SpoolError) -> [QueueSummary] { try database.read(ParcelTable.summaries) }

    /// How many parcels are where, by destination; neither ``QueueSummary/lastError`` nor ``QueueSummary/isHeld`` is
    /// told. Costs little, however many parcels there are.
    public func counts() throws(SpoolError) -> [String: QueueSummary] { try database.read(ParcelTable.counts) }

    public func cursor(of stage: Stage) throws(SpoolError) -> Int64 {
        try database.read { database in
            try Feed(instancesOf: stage).map { try CursorTable.position(of: $0, in: database) } ?? 0
        }
    }

    /// Queues `instances` for each of `destinations` and moves the cursor of their stage, in one transaction. What is
    /// quarantined is passed over.
    ///
    /// - Parameter now: the wall clock where it can be trusted; nil where not. What was queued without never expires.
    public func enqueue(
        _ instances: [StoredInstance], of stage: Stage, for destinations: [String], now: Timestamp? = nil
    ) throws(SpoolError) {
        guard let last = instances.last, let feed = Feed(instancesOf: stage) else { return }
        try database.durably { database in
            for instance in instances where !instance.isQuarantined {
                let priority = Parcel.Priority(of: instance, from: stage)
                for destination in destinations {
                    try ParcelTable.insert(
                        destination: destination, stage: stage, sequence: instance.sequence, priority: priority,
                        queuedAt: now, in: database)
                }
            }
            try CursorTable.move(feed, to: last.sequence, in: database)
        }
    }

    /// Takes the next parcels to try and writes durably that they are about to be sent, before the first byte leaves.
    ///
    /// First those whose own pause is over, up to half, so that neither they nor what is new waits for the other; then
    /// by priority and in order of arrival. None while the destination is held.
    public func take(
        for destination: String, limit: Int, at now: Duration
    ) throws(SpoolError) -> [Parcel] {
        try writeUnwritten()
        // Without a write where there is nothing to do.
        guard try hasWork(for: destination, at: now) else { return [] }
        return try database.durably { database in
            guard try !ParcelTable.isHeld(destination, in: database) else { return [] }
            var parcels = try ParcelTable.parcels(
                "destination = ? AND state = 'waiting' AND dueAt > 0 AND dueAt <= ? ORDER BY dueAt LIMIT ?",
                [destination, now.wholeMilliseconds, (limit + 1) / 2], in: database)
            parcels += try ParcelTable.parcels(
                """
                destination = ? AND state IN ('queued', 'waiting') AND dueAt = 0 ORDER BY priority, id LIMIT ?
                """,
                [destination, limit - parcels.count], in: database)
            let statement = try database.cachedStatement(
                sql: "UPDATE parcel SET state = 'sending', dueAt = 0 WHERE id = ?")
            for parcel in parcels { try statement.execute(arguments: [parcel.id]) }
            return parcels
        }
    }

    private func hasWork(for destination: String, at now: Duration) throws(SpoolError) -> Bool {
        try database.query { database in
            try Bool.fetchOne(
                database.cachedStatement(sql: """
                    SELECT EXISTS (SELECT 1 FROM parcel
                        WHERE destination = ?1 AND state IN ('queued', 'waiting') AND dueAt = 0)
                    OR EXISTS (SELECT 1 FROM parcel
                        WHERE destination = ?1 AND state = 'waiting' AND dueAt > 0 AND dueAt <= ?2)
                    """),
                arguments: [destination, now.wholeMilliseconds]) ?? false
        }
    }

    /// Writes how attempts ended, all of them or none, in one transaction. Not synced by itself: after a power cut the
    /// parcels of the last ``take(for:limit:at:)`` of each connection at most are sent once more, and the next one
    /// makes this durable too.
    ///
    /// Where it cannot be written, the parcels stay in flight, and the next ``take(for:limit:at:)`` tries to write it
    /// before anything else.
    public func finish(_ attempts: [EndedAttempt]) throws(SpoolError) {
        do throws(SpoolError) {
            try database.write { database in for attempt in attempts { try attempt.write(in: database) } }
        } catch {
            unwritten.withLock { $0 += attempts }
            throw error
        }
    }

    private func writeUnwritten() throws(SpoolError) {
        let attempts = unwritten.withLock { $0 }
        guard !attempts.isEmpty else { return }
        try database.write { database in for attempt in attempts { try attempt.write(in: database) } }
        unwritten.withLock { $0.removeFirst(attempts.count) }
    }

    /// Parcels that expire in one transaction.
    public static let expiryBatch = 1000

    /// Gives up what was queued before `time` and still has not arrived, at most ``expiryBatch`` at once.
    ///
    /// - Parameter now: for the audit log.
    public func expire(
        for destination: String, queuedBefore time: Timestamp, at now: RecordedTime
    ) throws(SpoolError) -> [Parcel] {
        let condition = "destination = ? AND state IN ('queued', 'waiting') AND queuedAt > 0 AND queuedAt < ? LIMIT ?"
        let arguments: StatementArguments = [destination, time.microseconds, Self.expiryBatch]
        guard try !database.read({ try ParcelTable.parcels(condition, arguments, in: $0) }).isEmpty else { return [] }
        return try database.durably { database in
            let parcels = try ParcelTable.parcels(condition, arguments, in: database)
            let statement = try database.cachedStatement(sql: "UPDATE parcel SET state = 'expired' WHERE id = ?")
            for parcel in parcels { try statement.execute(arguments: [parcel.id]) }
            try AuditTable.append(parcels.map { .about($0, .objectExpired, at: now) }, in: database)
            return parcels
        }
    }
}

/// How an attempt at a parcel ended.
public enum ParcelEnding: Sendable, Equatable {
    /// - Parameter awaitsCommitment: the destination is to be asked to commit to it.
    case delivered(awaitsCommitment: Bool)
    /// - Parameter due: when the parcel itself may be tried again, by the courier's clock; nil with the next.
    case waiting(reason: String, due: Duration?)
    case refused(reason: String)
}

extension Parcel.Priority {
    init(of instance: StoredInstance, from stage: Stage) {
        self = stage == .analysis ? .result : .image
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

/// The courier's database as `outpost status` and intake's retention see it.
public final class CourierReader: Sendable {
    public let database: ReadOnlyDatabase

    /// Nil while the courier has never run on this folder.
    public init?(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder), disk: disk) else { return nil }
        self.database = database
    }

    public func cursor(of stage: Stage) throws(SpoolError) -> Int64 {
        try database.read { database in
            try Feed(instancesOf: stage).map { try CursorTable.position(of: $0, in: database) } ?? 0
        }
    }

    public func queues() throws(SpoolError) -> [QueueSummary] { try database.read(ParcelTable.summaries) }

    /// The parcels of one object.
    public func parcels(stage: Stage, sequence: Int64) throws(SpoolError) -> [Parcel] {
        try database.read { database in
            try ParcelTable.parcels("stage = ? AND sequence = ? ORDER BY id", [stage.rawValue, sequence], in: database)
        }
    }
}
