import Delivery
import Logging
import Records
import Spool
import Synchronization

/// Works off one destination's queue over one connection at a time, batch by batch, for as long as it runs.
struct ParcelQueue: Sendable {
    /// How often the queue looks for new work and the database of an earlier stage for its first row.
    static let poll = Duration.milliseconds(250)
    /// After the courier's own database could not be used.
    static let pauseAfterFailure = Duration.seconds(5)

    let destination: any Destination
    /// Shared by all connections to the destination.
    let queue: SharedDestinationQueue
    let objects: StageObjects
    let events: EventLog
    let time: KeptClock
    /// Bytes a second over this connection; nil: as many as it takes.
    let bytesPerSecond: Int?

    func run() async throws {
        while true {
            let parcels: [Parcel]
            do throws(SpoolError) {
                parcels = try queue.next()
            } catch {
                // A full disk, for instance: it passes, or the stage ends by itself (``StageUpkeep``).
                events.emit(Event(.stageFailed, .error, ["destination": destination.name, "reason": "\(error)"]))
                try await Task.sleep(for: Self.pauseAfterFailure)
                continue
            }
            guard !parcels.isEmpty else {
                try await Task.sleep(for: max(.milliseconds(1), min(Self.poll, queue.pause() ?? Self.poll)))
                continue
            }
            let start = ContinuousClock.now
            let bytes = await deliver(parcels)
            guard let bytesPerSecond else { continue }
            let least = Duration.seconds(Double(bytes) / Double(bytesPerSecond))
            try await Task.sleep(until: start + least, clock: .continuous)
        }
    }

    /// Tries each parcel once.
    ///
    /// - Returns: the bytes of those that were handed to the transport.
    private func deliver(_ parcels: [Parcel]) async -> Int64 {
        var consignments: [Consignment] = []
        var byID: [Parcel.ID: Parcel] = [:]
        for parcel in parcels {
            do throws(SpoolError) {
                consignments.append(try objects.consignment(parcel))
                byID[parcel.id] = parcel
            } catch .notFound {
                // Nothing a retry could mend: the object is not where it was promised to be.
                let error = SpoolError.notFound(stage: parcel.stage, sequence: parcel.sequence)
                record(.refused("\(error)"), of: parcel, nil)
            } catch {
                record(.retry("\(error)"), of: parcel, nil)
            }
        }
        await destination.deliver(consignments) { [byID] consignment, outcome in
            guard let parcel = byID[consignment.parcelID] else { return }
            record(outcome, of: parcel, consignment)
        }
        return consignments.reduce(0) { $0 + $1.dataSetLength }
    }

    private func record(_ outcome: DeliveryOutcome, of parcel: Parcel, _ consignment: Consignment?) {
        do throws(SpoolError) {
            try queue.record(outcome, of: parcel, audit: audit(outcome, parcel, consignment))
        } catch {
            // The parcel stays `sending` and is tried again after a restart.
            events.emit(Event(.stageFailed, .critical, ["reason": "\(error)"]))
        }
        let (kind, level, reason) = Self.event(outcome)
        events.emit(Event(kind, level, [
            "destination": parcel.destination, "parcel": parcel.id,
            "sopInstanceUID": consignment?.sopInstanceUID.value ?? "", "reason": reason,
        ]))
    }

    private static func event(_ outcome: DeliveryOutcome) -> (Event.Kind, Logger.Level, String) {
        switch outcome {
        case .delivered: (.objectDelivered, .info, "")
        case .retry(let reason), .unavailable(let reason): (.deliveryRetried, .warning, reason)
        case .refused(let reason): (.objectRefused, .error, reason)
        }
    }

    /// A failure that passes is no news for years to come.
    private func audit(_ outcome: DeliveryOutcome, _ parcel: Parcel, _ consignment: Consignment?) -> [AuditEvent] {
        let subject = AuditSubject(
            parcel, sopInstanceUID: consignment?.sopInstanceUID, studyInstanceUID: consignment?.studyInstanceUID,
            sha256: consignment?.sha256)
        return switch outcome {
        case .delivered: [AuditEvent(.objectDelivered, at: time.now(), of: subject)]
        case .refused:
            [AuditEvent(
                .objectRefused, at: time.now(), of: subject,
                reason: consignment == nil
                    ? AuditReason("the object is not kept here any more")
                    : AuditReason("the destination will not take the object as it is"))]
        case .retry, .unavailable: []
        }
    }
}

/// A destination's queue for several connections, with the courier's own clock.
final class SharedDestinationQueue: Sendable {
    let name: String
    private let queue: Mutex<DestinationQueue>
    private let clock: CourierClock

    init(_ queue: DestinationQueue, clock: CourierClock) {
        name = queue.name
        self.queue = Mutex(queue)
        self.clock = clock
    }

    func next() throws(SpoolError) -> [Parcel] {
        try queue.withLock { queue in Result { () throws(SpoolError) in try queue.next(at: clock.now) } }.get()
    }

    /// How long the destination is left alone; nil where it may be asked.
    func pause() -> Duration? {
        let pause = queue.withLock { $0.pause(at: clock.now) }
        return pause > .zero ? pause : nil
    }

    /// The destination may be asked at once.
    func endPause() { queue.withLock { $0.endPause() } }

    func record(_ outcome: DeliveryOutcome, of parcel: Parcel, audit: [AuditEvent]) throws(SpoolError) {
        try queue.withLock { queue in
            Result { () throws(SpoolError) in
                var generator = SystemRandomNumberGenerator()
                try queue.record(outcome, of: parcel, at: clock.now, audit: audit, using: &generator)
            }
        }.get()
    }
}

/// The time since the courier's start.
struct CourierClock: Sendable {
    private let start = ContinuousClock.now

    var now: Duration { start.duration(to: .now) }
}
