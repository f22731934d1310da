import Records
import Spool
import Synchronization

/// A destination's queue for several connections, with the courier's own clock.
final class SharedDestinationQueue: Sendable {
    let name: String
    private let queue: Mutex<DestinationQueue>
    private let reach = Mutex(DestinationReach())
    private let clock: CourierClock

    init(_ queue: DestinationQueue, clock: CourierClock) {
        name = queue.name
        self.queue = Mutex(queue)
        self.clock = clock
    }

    /// - Parameter limit: how many more may be in flight over the connection that asks.
    func next(limit: Int) throws(SpoolError) -> [Parcel] {
        try queue.withLock { queue in
            Result { () throws(SpoolError) in try queue.next(limit: limit, at: clock.now) }
        }.get()
    }

    /// How long the destination is left alone; nil where it may be asked.
    func pause() -> Duration? {
        let pause = queue.withLock { $0.pause(at: clock.now) }
        return pause > .zero ? pause : nil
    }

    /// The destination may be asked at once.
    func endPause() { queue.withLock { $0.endPause() } }

    /// For how long it could not be reached; nil where it answers.
    var unreachable: Duration? { reach.withLock { $0.unreachableSince }.map { clock.now - $0 } }

    /// Writes down how attempts ended, in one transaction.
    func record(_ attempts: [DeliveryAttempt]) throws(SpoolError) {
        reach.withLock { $0.record(attempts.map(\.outcome), at: clock.now) }
        try queue.withLock { queue in
            Result { () throws(SpoolError) in
                var generator = SystemRandomNumberGenerator()
                try queue.record(attempts, at: clock.now, using: &generator)
            }
        }.get()
    }
}

/// The time since the courier's start.
struct CourierClock: Sendable {
    private let start = ContinuousClock.now

    var now: Duration { start.duration(to: .now) }
}
