import DICOM
import GRDB
import Records

/// Storage commitment of what was delivered (PS3.4 annex J): which objects a destination was asked to commit to, and
/// what its reports said.
extension CourierSpool {
    /// Delivered parcels that the destination is still to be asked about, oldest first.
    public func uncommitted(for destination: String, limit: Int) throws(SpoolError) -> [Parcel] {
        try database.read { database in
            try ParcelTable.parcels("\(Self.isUncommitted) LIMIT ?", [destination, limit], in: database)
        }
    }

    /// Asked every second. In the words of the index's own condition: with `= 1` SQLite looks at every parcel instead.
    static let isUncommitted = """
        destination = ? AND awaitsCommitment > 0 AND awaitsCommitment <= 1 ORDER BY awaitsCommitment, id
        """

    /// Writes durably that the destination is about to be asked, so that its report is known whenever it comes.
    public func beginCommitment(
        _ transactionUID: UID, of parcels: [Parcel], for destination: String, at now: Duration
    ) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: "INSERT INTO commitment VALUES (?, ?, ?)",
                arguments: [transactionUID.value, destination, now.wholeMilliseconds])
            let statement = try database.cachedStatement(
                sql: "UPDATE parcel SET awaitsCommitment = 2, commitment = ? WHERE id = ? AND awaitsCommitment = 1")
            for parcel in parcels { try statement.execute(arguments: [transactionUID.value, parcel.id]) }
        }
    }

    /// Transactions that were begun before `time` and have no report, oldest first.
    public func unreportedCommitments(
        for destination: String, begunBefore time: Duration
    ) throws(SpoolError) -> [UID] {
        try database.read { database in
            try String.fetchAll(
                database, sql: "SELECT transactionUID FROM commitment WHERE destination = ? AND askedAt < ?",
                arguments: [destination, time.wholeMilliseconds]
            ).compactMap { UID($0) }
        }
    }

    /// Gives a transaction up: its parcels are asked about again. A report that still comes is for nobody.
    public func abandonCommitment(_ transactionUID: UID) throws(SpoolError) {
        try database.durably { database in
            try Self.endCommitment(transactionUID, in: database)
            try database.execute(
                sql: "UPDATE parcel SET awaitsCommitment = 1, commitment = NULL WHERE commitment = ?",
                arguments: [transactionUID.value])
        }
    }

    /// The destination does not offer storage commitment: delivered is the end, also for what it was asked about.
    public func waiveCommitment(for destination: String) throws(SpoolError) {
        try database.durably { database in
            try database.execute(sql: "DELETE FROM commitment WHERE destination = ?", arguments: [destination])
            try database.execute(
                sql: """
                    UPDATE parcel SET awaitsCommitment = 0, commitment = NULL
                    WHERE destination = ? AND awaitsCommitment > 0
                    """,
                arguments: [destination])
        }
    }

    /// Nothing is left here to answer for: delivered is the end of these.
    public func waiveCommitment(of parcels: [Parcel]) throws(SpoolError) {
        try database.durably { database in
            for parcel in parcels { try Self.end(parcel, "awaitsCommitment = 0", [], in: database) }
        }
    }

    /// Goes past a report of those that intake received that cannot be read.
    public func passCommitmentReport(_ cursor: Int64) throws(SpoolError) {
        try database.durably { try CursorTable.move(.commitmentReports, to: cursor, in: $0) }
    }

    /// What a report changed.
    public struct CommitmentOutcome: Sendable, Equatable {
        public var destination: String
        public var committed: [Parcel] = []
        /// Sent again, for the destination does not have them after all.
        public var requeued: [Parcel] = []
    }

    /// Takes over what a report says: committed is committed, failed is back in the queue, and what the report leaves
    /// out is asked about again.
    ///
    /// - Parameters:
    ///   - parcels: of each parcel of the transaction, what the report says.
    ///   - cursor: where the report stands among those that intake received; nil where it came on the association
    ///     that asked. Moved in the same transaction.
    /// - Returns: nil where no such transaction is open.
    public func report(
        _ transactionUID: UID, cursor: Int64?, at time: RecordedTime,
        judge: (Parcel) throws -> CommitmentJudgement
    ) throws(SpoolError) -> CommitmentOutcome? {
        try database.durably { database in
            if let cursor { try CursorTable.move(.commitmentReports, to: cursor, in: database) }
            let destination = try String.fetchOne(
                database, sql: "SELECT destination FROM commitment WHERE transactionUID = ?",
                arguments: [transactionUID.value])
            guard let destination else { return nil }
            var outcome = CommitmentOutcome(destination: destination)
            for parcel in try ParcelTable.parcels("commitment = ?", [transactionUID.value], in: database) {
                switch try judge(parcel) {
                case .committed:
                    try AuditTable.append([.about(parcel, .objectCommitted, at: time)], in: database)
                    try Self.end(
                        parcel, "state = 'committed', awaitsCommitment = 0, lastError = NULL", [], in: database)
                    outcome.committed.append(parcel)
                case .failed(let reason):
                    try Self.end(
                        parcel,
                        "state = 'waiting', awaitsCommitment = 0, dueAt = 0, attempts = attempts + 1, lastError = ?",
                        [reason], in: database)
                    outcome.requeued.append(parcel)
                case .unmentioned:
                    try Self.end(parcel, "awaitsCommitment = 1", [], in: database)
                }
            }
            try Self.endCommitment(transactionUID, in: database)
            return outcome
        }
    }

    /// The last report of those that intake received that was dealt with.
    public func commitmentCursor() throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: .commitmentReports, in: $0) }
    }

    private static func end(
        _ parcel: Parcel, _ changes: String, _ arguments: StatementArguments, in database: Database
    ) throws {
        try database.cachedStatement(sql: "UPDATE parcel SET \(changes), commitment = NULL WHERE id = ?")
            .execute(arguments: arguments + [parcel.id])
    }

    /// Whether a report of the transaction is still waited for.
    fileprivate static func isOpen(_ transactionUID: UID, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM commitment WHERE transactionUID = ?)",
            arguments: [transactionUID.value]) ?? false
    }

    private static func endCommitment(_ transactionUID: UID, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM commitment WHERE transactionUID = ?", arguments: [transactionUID.value])
    }
}

/// What a report of a storage commitment says of one parcel.
public enum CommitmentJudgement: Sendable, Equatable {
    case committed
    case failed(reason: String)
    case unmentioned
}

extension CourierReader {
    /// The last report of those that intake received that was dealt with.
    public func commitmentCursor() throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: .commitmentReports, in: $0) }
    }

    /// Whether the courier waits for a report of this storage commitment.
    public func awaitsReport(of transactionUID: UID) throws(SpoolError) -> Bool {
        try database.read { try CourierSpool.isOpen(transactionUID, in: $0) }
    }
}
