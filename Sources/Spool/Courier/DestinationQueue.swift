import Records

/// What goes to one destination next, and what becomes of it: a synchronous state machine between the courier's
/// database and a transport. No sockets, no clock, no threads.
///
/// Two things can be wrong, and each has a pause of its own. An object that fails is put off for longer each time, and
/// nothing waits for it. A destination that cannot be asked is left alone as a whole, and its parcels keep their
/// places.
public struct DestinationQueue: Sendable {
    /// Parcels in flight together over one connection. At a crash only these may be sent twice.
    public static let batch = 64

    public let name: String
    /// Whether the destination is asked for storage commitment of what it was sent.
    public let awaitsCommitment: Bool
    private let spool: CourierSpool
    private var backoff: Backoff
    /// The destination is left alone until then, by the courier's clock.
    private var pausedUntil: Duration = .zero

    public init(name: String, spool: CourierSpool, backoff: Backoff, awaitsCommitment: Bool) {
        self.name = name
        self.spool = spool
        self.backoff = backoff
        self.awaitsCommitment = awaitsCommitment
    }

    /// How long to leave the destination alone; zero or less where it may be asked now.
    public func pause(at now: Duration) -> Duration { pausedUntil - now }

    /// The destination may be asked at once, for a person has reason to think that it is well again.
    public mutating func endPause() { pausedUntil = .zero }

    /// The parcels to send now, written down as in flight; none while the destination is left alone or held.
    public func next(at now: Duration) throws(SpoolError) -> [Parcel] {
        guard pause(at: now) <= .zero else { return [] }
        return try spool.take(for: name, limit: Self.batch, at: now)
    }

    /// Writes down what became of a parcel.
    ///
    /// - Parameter audit: what the audit log says of it, in the same transaction.
    public mutating func record(
        _ outcome: DeliveryOutcome, of parcel: Parcel, at now: Duration, audit: [AuditEvent] = [],
        using generator: inout some RandomNumberGenerator
    ) throws(SpoolError) {
        let ending: ParcelEnding
        switch outcome {
        case .delivered:
            backoff.reset()
            pausedUntil = .zero
            ending = .delivered(awaitsCommitment: awaitsCommitment)
        case .refused(let reason):
            ending = .refused(reason: reason)
        case .retry(let reason):
            ending = .waiting(reason: reason, due: now + backoff.pause(after: parcel.attempts, using: &generator))
        case .unavailable(let reason):
            // The first of a batch decides; the others only say the same.
            if pause(at: now) <= .zero { pausedUntil = now + backoff.next(using: &generator) }
            ending = .waiting(reason: reason, due: nil)
        }
        try spool.finish(parcel.id, ending, audit: audit)
    }
}
