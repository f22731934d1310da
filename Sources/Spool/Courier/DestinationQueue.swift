import Records

/// How one attempt at a parcel went.
public struct DeliveryAttempt: Sendable {
    public var parcel: Parcel
    public var outcome: DeliveryOutcome
    /// What the audit log says of it, in the transaction that writes the outcome down.
    public var audit: [AuditEvent]

    public init(_ parcel: Parcel, _ outcome: DeliveryOutcome, audit: [AuditEvent] = []) {
        self.parcel = parcel
        self.outcome = outcome
        self.audit = audit
    }
}

/// What goes to one destination next, and what becomes of it: a synchronous state machine between the courier's
/// database and a transport. No sockets, no clock, no threads.
///
/// Two things can be wrong, and each has a pause of its own. An object that fails is put off for longer each time, and
/// nothing waits for it. A destination that cannot be asked is left alone as a whole, and its parcels keep their
/// places.
public struct DestinationQueue: Sendable {
    /// Parcels in flight together over one connection: taken, and not yet written down how they ended. At a crash only
    /// these may be sent twice.
    public static let batch = 64

    public let name: String
    /// Whether the destination is asked for storage commitment of what it was sent.
    public let awaitsCommitment: Bool
    private let spool: CourierSpool
    private var backoff: Backoff
    /// The destination is left alone until then, by the courier's clock.
    private var pausedUntil: Duration = .zero
    /// The same by the destination's own word, which an answer over another connection does not take back.
    private var askedToWaitUntil: Duration = .zero

    public init(name: String, spool: CourierSpool, backoff: Backoff, awaitsCommitment: Bool) {
        self.name = name
        self.spool = spool
        self.backoff = backoff
        self.awaitsCommitment = awaitsCommitment
    }

    /// How long to leave the destination alone; zero or less where it may be asked now.
    public func pause(at now: Duration) -> Duration { max(pausedUntil, askedToWaitUntil) - now }

    /// The destination may be asked at once, for a person has reason to think that it is well again.
    public mutating func endPause() { (pausedUntil, askedToWaitUntil) = (.zero, .zero) }

    /// The parcels to send now, written down as in flight; none while the destination is left alone or held.
    ///
    /// - Parameter limit: how many more may be in flight over the connection that asks.
    public func next(limit: Int = Self.batch, at now: Duration) throws(SpoolError) -> [Parcel] {
        guard pause(at: now) <= .zero, limit > 0 else { return [] }
        return try spool.take(for: name, limit: min(limit, Self.batch), at: now)
    }

    /// Writes down what became of parcels, in one transaction, in the order in which they ended.
    ///
    /// What it means for the destination holds also where it cannot be written.
    public mutating func record(
        _ attempts: [DeliveryAttempt], at now: Duration, using generator: inout some RandomNumberGenerator
    ) throws(SpoolError) {
        guard !attempts.isEmpty else { return }
        var ended: [EndedAttempt] = []
        for attempt in attempts {
            let ending = ending(of: attempt, at: now, using: &generator)
            ended.append(EndedAttempt(attempt.parcel.id, ending, audit: attempt.audit))
        }
        try spool.finish(ended)
    }

    private mutating func ending(
        of attempt: DeliveryAttempt, at now: Duration, using generator: inout some RandomNumberGenerator
    ) -> ParcelEnding {
        switch attempt.outcome {
        case .delivered:
            backoff.reset()
            pausedUntil = .zero
            return .delivered(awaitsCommitment: awaitsCommitment)
        case .refused(let reason), .unsendable(let reason):
            return .refused(reason: reason)
        case .retry(let reason):
            let pause = backoff.pause(after: attempt.parcel.attempts, using: &generator)
            return .waiting(reason: reason, due: now + pause)
        case .unavailable(let reason, let retryAfter):
            // The first of a batch decides; the others only say the same.
            if pause(at: now) <= .zero { pausedUntil = now + backoff.next(using: &generator) }
            if let retryAfter { askedToWaitUntil = max(askedToWaitUntil, now + retryAfter) }
            return .waiting(reason: reason, due: nil)
        }
    }
}
