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

    /// As a condition of SQL. Lists travel as JSON, so that their length does not change the statement.
    fileprivate func condition(
        among allowed: [Parcel.State] = Parcel.State.allCases
    ) -> (sql: String, arguments: StatementArguments) {
        let states = (states.isEmpty ? allowed : states.filter(allowed.contains)).map { "\"\($0.rawValue)\"" }
        return (
            """
            (?1 IS NULL OR destination = ?1) AND state IN (SELECT value FROM json_each(?2))
            AND (?3 = '[]' OR id IN (SELECT value FROM json_each(?3)))
            """,
            [destination, "[\(states.joined(separator: ","))]", "[\(ids.map(String.init).joined(separator: ","))]"]
        )
    }
}

/// What a person may do to the queues. Each is one durable transaction.
extension CourierSpool {
    /// Refused, expired, dropped and paused parcels are tried at once.
    ///
    /// - Returns: the parcels that changed, as they were, at most `limit`.
    public func retry(_ selection: ParcelSelection, limit: Int) throws(SpoolError) -> [Parcel] {
        try change(selection, among: [.refused, .expired, .dropped, .waiting], limit, "state = 'waiting', dueAt = 0")
    }

    /// Keeps parcels back that are not in flight.
    public func hold(_ selection: ParcelSelection, limit: Int) throws(SpoolError) -> [Parcel] {
        try change(selection, among: [.queued, .waiting], limit, "state = 'held', dueAt = 0")
    }

    /// Lets go of what is held.
    public func release(_ selection: ParcelSelection, limit: Int) throws(SpoolError) -> [Parcel] {
        try change(selection, among: [.held], limit, "state = 'queued', dueAt = 0")
    }

    /// Gives parcels up that are not in flight. The objects stay where they are.
    public func drop(_ selection: ParcelSelection, limit: Int) throws(SpoolError) -> [Parcel] {
        try change(selection, among: [.queued, .waiting, .held, .refused], limit, "state = 'dropped', dueAt = 0")
    }

    /// Stops or starts a whole queue; what is in flight still arrives.
    public func setHeld(_ isHeld: Bool, destination: String) throws(SpoolError) {
        try database.durably { database in
            try database.execute(
                sql: isHeld
                    ? "INSERT OR IGNORE INTO heldDestination VALUES (?)" : "DELETE FROM heldDestination WHERE name = ?",
                arguments: [destination])
        }
    }

    private func change(
        _ selection: ParcelSelection, among states: [Parcel.State], _ limit: Int, _ assignment: String
    ) throws(SpoolError) -> [Parcel] {
        let (condition, arguments) = selection.condition(among: states)
        return try database.durably { database in
            let parcels = try ParcelTable.parcels(
                "\(condition) ORDER BY id LIMIT ?4", arguments + [limit], in: database)
            let statement = try database.cachedStatement(sql: "UPDATE parcel SET \(assignment) WHERE id = ?")
            for parcel in parcels { try statement.execute(arguments: [parcel.id]) }
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
            try ParcelTable.parcels("\(condition) AND id > ?4 ORDER BY id LIMIT ?5", arguments + [id, limit], in: database)
        }
    }
}
