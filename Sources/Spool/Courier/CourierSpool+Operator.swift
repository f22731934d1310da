import GRDB
import Records

/// Which parcels a person means.
public struct ParcelSelection: Sendable, Codable, Equatable {
    /// nil: any.
    public var destination: String?
    /// Empty: any.
    public var states: [Parcel.State]
    /// Empty: any.
    public var ids: [Parcel.ID]

    public init(destination: String? = nil, states: [Parcel.State] = [], ids: [Parcel.ID] = []) {
        self.destination = destination
        self.states = states
        self.ids = ids
    }

    /// The parcels that `change` can be done to, as a condition of SQL.
    func condition(for change: ParcelChange) -> (sql: String, arguments: StatementArguments) {
        if states.isEmpty { return condition(ids.isEmpty ? change.statesUnlessNamed : change.states) }
        return condition(states.filter(change.states.contains))
    }

    /// All parcels that are meant, as a condition of SQL.
    func condition() -> (sql: String, arguments: StatementArguments) {
        condition(states.isEmpty ? Parcel.State.allCases : states)
    }

    /// Lists travel as JSON, so that their length does not change the statement.
    private func condition(_ states: [Parcel.State]) -> (sql: String, arguments: StatementArguments) {
        let states = states.map { "\"\($0.rawValue)\"" }
        // Where numbers are given they lead to the rows; where not, an OR would keep SQLite from using any index.
        let isNumbered = ids.isEmpty ? "?3 = '[]'" : "id IN (SELECT value FROM json_each(?3))"
        return (
            """
            (?1 IS NULL OR destination = ?1) AND state IN (SELECT value FROM json_each(?2)) AND \(isNumbered)
            """,
            [destination, "[\(states.joined(separator: ","))]", "[\(ids.map(String.init).joined(separator: ","))]"]
        )
    }
}

/// Who did something, and when, for the audit log.
public struct OperatorAct: Sendable {
    public var actor: AuditActor
    public var time: RecordedTime

    public init(by actor: AuditActor, at time: RecordedTime) {
        self.actor = actor
        self.time = time
    }
}

/// What a person may do to the queues. Each is one durable transaction, its rows of the audit log included, and gives
/// the parcels that changed, as they were, at most `limit`.
extension CourierSpool {
    /// Refused, expired, dropped and paused parcels are tried at once.
    public func retry(_ selection: ParcelSelection, limit: Int, _ act: OperatorAct) throws(SpoolError) -> [Parcel] {
        try change(.retry, selection, limit: limit, act)
    }

    /// Keeps parcels back that are not in flight.
    public func hold(_ selection: ParcelSelection, limit: Int, _ act: OperatorAct) throws(SpoolError) -> [Parcel] {
        try change(.hold, selection, limit: limit, act)
    }

    /// Lets go of what is held, and of what is in quarantine where it is named by its number or its state.
    public func release(_ selection: ParcelSelection, limit: Int, _ act: OperatorAct) throws(SpoolError) -> [Parcel] {
        try change(.release, selection, limit: limit, act)
    }

    /// Gives parcels up that are not in flight. The objects stay where they are.
    public func drop(_ selection: ParcelSelection, limit: Int, _ act: OperatorAct) throws(SpoolError) -> [Parcel] {
        try change(.drop, selection, limit: limit, act)
    }

    /// Stops or starts a whole queue; what is in flight still arrives.
    public func setHeld(_ isHeld: Bool, destination: String, _ act: OperatorAct) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: isHeld
                    ? "INSERT OR IGNORE INTO heldDestination VALUES (?)" : "DELETE FROM heldDestination WHERE name = ?",
                arguments: [destination])
            guard database.changesCount > 0 else { return }
            let event = AuditEvent(
                isHeld ? .queueHeld : .queueReleased, at: act.time, by: act.actor,
                of: AuditSubject(destination: destination))
            try AuditTable.append([event], in: database)
        }
    }

    /// Does `change` to the parcels that are meant among those numbered within `range`.
    func change(
        _ change: ParcelChange, _ selection: ParcelSelection, in range: ClosedRange<Parcel.ID> = 0...Parcel.ID.max,
        limit: Int, _ act: OperatorAct
    ) throws(SpoolError) -> [Parcel] {
        let (condition, arguments) = selection.condition(for: change)
        return try database.durably { database in
            let parcels = try ParcelTable.parcels(
                "\(condition) AND id BETWEEN ?4 AND ?5 ORDER BY id LIMIT ?6",
                arguments + [range.lowerBound, range.upperBound, limit], in: database)
            let statement = try database.cachedStatement(
                sql: "UPDATE parcel SET state = ?, dueAt = 0 WHERE id = ?")
            for parcel in parcels { try statement.execute(arguments: [change.result.rawValue, parcel.id]) }
            try AuditTable.append(
                parcels.map { .about($0, change.auditKind, at: act.time, by: act.actor) }, in: database)
            return parcels
        }
    }
}

extension CourierReader {
    /// Parcels numbered above `id`, ascending, at most `limit`.
    public func parcels(
        _ selection: ParcelSelection, after id: Parcel.ID = 0, limit: Int
    ) throws(SpoolError) -> [Parcel] {
        let (condition, arguments) = selection.condition()
        return try database.read { database in
            try ParcelTable.parcels(
                "\(condition) AND id > ?4 ORDER BY id LIMIT ?5", arguments + [id, limit], in: database)
        }
    }
}
