import GRDB
import Records

/// How an attempt at a parcel ended, and what the audit log says of it.
public struct EndedAttempt: Sendable {
    public var parcel: Parcel.ID
    public var ending: ParcelEnding
    public var audit: [AuditEvent]

    public init(_ parcel: Parcel.ID, _ ending: ParcelEnding, audit: [AuditEvent] = []) {
        self.parcel = parcel
        self.ending = ending
        self.audit = audit
    }

    /// Writing it twice is once.
    func write(in database: Database) throws {
        switch ending {
        case .delivered(let awaitsCommitment):
            try end(
                "state = 'delivered', lastError = NULL, awaitsCommitment = ?", [awaitsCommitment ? 1 : 0], in: database)
        case .waiting(let reason, let due):
            try end(
                "state = 'waiting', lastError = ?, dueAt = ?, attempts = attempts + 1",
                [reason, due.map { max(1, $0.wholeMilliseconds) } ?? 0], in: database)
        case .refused(let reason):
            try end("state = 'refused', lastError = ?, attempts = attempts + 1", [reason], in: database)
        }
        if database.changesCount > 0 { try AuditTable.append(audit, in: database) }
    }

    private func end(_ changes: String, _ arguments: StatementArguments, in database: Database) throws {
        try database.cachedStatement(sql: "UPDATE parcel SET \(changes) WHERE id = ? AND state = 'sending'")
            .execute(arguments: arguments + [parcel])
    }
}
