import GRDB
import Records

/// What a person may do to parcels.
public enum ParcelChange: String, Sendable, Codable, CaseIterable {
    case retry, hold, release, drop

    /// The states in which a parcel can be changed so. Never `sending`: what is in flight may be arriving.
    public var states: [Parcel.State] {
        switch self {
        case .retry: [.refused, .expired, .dropped, .waiting]
        case .hold: [.queued, .waiting]
        case .release: [.held, .quarantined]
        case .drop: [.queued, .waiting, .held, .refused, .quarantined]
        }
    }

    /// The states that are meant where nobody names any. What is in quarantine is for a person who has looked at the
    /// one object, and never goes out with a whole queue.
    public var statesUnlessNamed: [Parcel.State] { states.filter { $0 != .quarantined } }

    /// The state that a parcel then has.
    public var result: Parcel.State {
        switch self {
        case .retry: .waiting
        case .hold: .held
        case .release: .queued
        case .drop: .dropped
        }
    }

    var auditKind: AuditEvent.Kind {
        switch self {
        case .retry: .queueRetried
        case .hold: .queueHeld
        case .release: .queueReleased
        case .drop: .queueDropped
        }
    }
}

/// A change of many parcels, step by step, so that none keeps the database from others for long.
///
/// It goes through the parcels once, in the order of their numbers, and ends with the newest of those that there were
/// when it began: however fast others come in, and although a parcel that was retried can be retried again, it ends.
public struct ParcelSweep: Sendable {
    /// Parcels that change in one transaction.
    static let batch = 1000
    /// Parcels that one transaction looks at: about as much work as changing ``batch`` of them.
    static let window: Parcel.ID = 20_000

    private let change: ParcelChange
    private let selection: ParcelSelection
    private let spool: CourierSpool
    private let last: Parcel.ID
    private var next: Parcel.ID = 0

    public init(_ change: ParcelChange, _ selection: ParcelSelection, in spool: CourierSpool) throws(SpoolError) {
        self.change = change
        self.selection = selection
        self.spool = spool
        last = try spool.database.read { try Parcel.ID.fetchOne($0, sql: "SELECT MAX(id) FROM parcel") } ?? 0
    }

    /// The parcels that the next step changed, as they were; none where it found none, nil after the last step.
    public mutating func step(_ act: OperatorAct) throws(SpoolError) -> [Parcel]? {
        guard next <= last else { return nil }
        // Numbers that were given lead to the rows, so there is nothing to look through.
        let end = selection.ids.isEmpty ? min(last, next + Self.window) : last
        let parcels = try spool.change(change, selection, in: next...end, limit: Self.batch, act)
        next = (parcels.count < Self.batch ? end : parcels.last?.id ?? end) + 1
        return parcels
    }
}

extension CourierReader {
    /// How many parcels `change` would change, and in which states they are, for each destination that has some.
    public func extent(of change: ParcelChange, _ selection: ParcelSelection) throws(SpoolError) -> [QueueSummary] {
        let (condition, arguments) = selection.condition(for: change)
        return try database.read { database in
            var summaries: [String: QueueSummary] = [:]
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT destination, state, COUNT(*) AS number FROM parcel WHERE \(condition)
                    GROUP BY destination, state
                    """,
                arguments: arguments)
            for row in rows {
                guard let state = Parcel.State(rawValue: row["state"]) else { continue }
                summaries[row["destination"], default: QueueSummary(destination: row["destination"])]
                    .count(state, row["number"])
            }
            return summaries.values.sorted { $0.destination < $1.destination }
        }
    }
}
