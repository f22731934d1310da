import Records

/// How many parcels of a destination are in each state.
public struct QueueSummary: Sendable, Codable, Equatable {
    public var destination: String
    public var queued = 0
    public var sending = 0
    public var waiting = 0
    public var delivered = 0
    public var committed = 0
    public var refused = 0
    public var held = 0
    public var quarantined = 0
    public var expired = 0
    public var dropped = 0
    /// A person has stopped the whole queue.
    public var isHeld = false
    /// Why the newest failed attempt failed; nil once nothing waits and nothing was refused.
    public var lastError: String?

    public init(destination: String) { self.destination = destination }

    /// Parcels still to be handed over.
    public var pending: Int { queued + sending + waiting + held }
    /// Parcels that the destination has.
    public var arrived: Int { delivered + committed }

    mutating func count(_ state: Parcel.State, _ number: Int) {
        switch state {
        case .queued: queued += number
        case .sending: sending += number
        case .waiting: waiting += number
        case .delivered: delivered += number
        case .committed: committed += number
        case .refused: refused += number
        case .held: held += number
        case .quarantined: quarantined += number
        case .expired: expired += number
        case .dropped: dropped += number
        }
    }
}
