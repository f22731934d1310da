import Delivery
import Records
import Spool
import Synchronization

/// What one connection to a destination is to send, and what became of it.
///
/// What ends within a few milliseconds is written down together, while the next objects are on their way
/// (``keepRecords()``). Until then it counts as in flight, and no more than ``DestinationQueue/batch`` ever are: they
/// are what a crash sends again.
final class ParcelSupply: ConsignmentSource {
    /// How long an answer may wait for others to be written down with it.
    static let recordingDelay = Duration.milliseconds(5)

    private struct State {
        /// Taken, and not yet told how they ended.
        var open: [Parcel.ID: Parcel] = [:]
        /// Told, and not yet written down.
        var ended: [EndedConsignment] = []
        /// Being written down.
        var underWay = 0
        /// No bytes are to go out before, so that the rate is kept.
        var rateAllows = ContinuousClock.now
        /// The courier's own database could not be used a moment ago.
        var failedUntil = ContinuousClock.now

        var inFlight: Int { open.count + ended.count + underWay }
    }

    /// Shared by all connections to the destination.
    private let queue: SharedDestinationQueue
    private let objects: StageObjects
    private let time: KeptClock
    private let journal: DeliveryJournal
    private let progress: ProgressWatch
    /// The delivery that is under way.
    private let delivery = Mutex<WorkUnderWay?>(nil)
    /// Bytes a second over this connection; nil: as many as it takes.
    private let bytesPerSecond: Int?
    private let state = Mutex(State())
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(
        _ queue: SharedDestinationQueue, objects: StageObjects, events: EventLog, time: KeptClock,
        progress: ProgressWatch, bytesPerSecond: Int?
    ) {
        self.progress = progress
        self.queue = queue
        self.objects = objects
        self.time = time
        self.bytesPerSecond = bytesPerSecond
        journal = DeliveryJournal(destination: queue.name, events: events)
    }

    /// How long there is nothing to be done, as far as is known.
    var pause: Duration {
        let blocked = state.withLock { max($0.rateAllows, $0.failedUntil) } - .now
        return max(blocked, min(ParcelQueue.poll, queue.pause() ?? ParcelQueue.poll), .milliseconds(1))
    }

    /// Has the destination send what there is. It moves as long as it asks for objects, reads them, or says how they
    /// fared.
    func deliver(to destination: some Destination) async {
        let work = progress.begin(.queues)
        delivery.withLock { $0 = work }
        defer {
            delivery.withLock { $0 = nil }
            work.end()
        }
        await destination.deliver(self)
    }

    func moved() { delivery.withLock { $0 }?.beat() }

    // MARK: What is to be sent

    func next(within patience: Duration) async -> [Consignment] {
        let end = ContinuousClock.now + patience
        while true {
            moved()
            // What was answered says whether the destination is to be left alone.
            writeDown()
            let wait: Duration
            do throws(SpoolError) {
                guard let taken = try take() else { continue }
                guard taken.isEmpty else { return taken }
                wait = pause
            } catch {
                journal.tell(failure: error, .error)
                state.withLock { $0.failedUntil = .now + ParcelQueue.pauseAfterFailure }
                return []
            }
            guard ContinuousClock.now + wait < end else { return [] }
            // Cancelled: nothing more is to be sent.
            do { try await Task.sleep(for: wait) } catch { return [] }
        }
    }

    /// - Returns: nil where parcels were taken of which none can be sent.
    private func take() throws(SpoolError) -> [Consignment]? {
        let (room, isAllowed) = state.withLock { state in
            (DestinationQueue.batch - state.inFlight, max(state.rateAllows, state.failedUntil) <= .now)
        }
        guard isAllowed, room > 0 else { return [] }
        let parcels = try queue.next(limit: room)
        guard !parcels.isEmpty else { return [] }
        state.withLock { state in for parcel in parcels { state.open[parcel.id] = parcel } }
        var consignments: [Consignment] = []
        for (parcel, found) in objects.consignments(parcels) {
            switch found {
            case .success(let consignment): consignments.append(consignment)
            // Nothing a retry could mend: the object is not where it was promised to be.
            case .failure(.notFound): end([parcel.id], .unsendable("\(SpoolError.notFound(parcel))"))
            case .failure(let error): end([parcel.id], .retry("\(error)"))
            }
        }
        keepRate(consignments.reduce(0) { $0 + $1.dataSetLength })
        return consignments.isEmpty ? nil : consignments
    }

    private func keepRate(_ bytes: Int64) {
        guard let bytesPerSecond else { return }
        let least = Duration.seconds(Double(bytes) / Double(bytesPerSecond))
        state.withLock { $0.rateAllows = max($0.rateAllows, .now) + least }
    }

    // MARK: What became of it

    func report(_ consignments: [Consignment], _ outcome: DeliveryOutcome) {
        moved()
        end(consignments.map(\.parcelID), outcome, consignments)
    }

    private func end(_ parcels: [Parcel.ID], _ outcome: DeliveryOutcome, _ consignments: [Consignment] = []) {
        guard !parcels.isEmpty else { return }
        let now = time.now()
        let byID = Dictionary(consignments.map { ($0.parcelID, $0) }, uniquingKeysWith: { first, _ in first })
        state.withLock { state in
            for id in parcels {
                guard let parcel = state.open.removeValue(forKey: id) else { continue }
                state.ended.append(EndedConsignment(
                    parcel: parcel, consignment: byID[id], outcome: outcome, time: now))
            }
        }
        arrival.yield()
    }

    /// Writes down what was answered, a few milliseconds after the first of it; returns when it is cancelled.
    func keepRecords() async {
        for await _ in arrivals {
            // Cancelled: whoever runs the queue writes the rest down.
            do { try await Task.sleep(for: Self.recordingDelay) } catch { return }
            writeDown()
        }
    }

    /// Writes down, in one transaction, and tells what was answered until now.
    func writeDown() {
        let ended = state.withLock { state in
            let ended = state.ended
            state.ended = []
            state.underWay += ended.count
            return ended
        }
        guard !ended.isEmpty else { return }
        do throws(SpoolError) {
            try queue.record(ended.map(\.attempt))
        } catch {
            // The parcels stay in flight, and the queue writes it before it gives out more.
            journal.tell(failure: error, .critical)
        }
        state.withLock { $0.underWay -= ended.count }
        journal.tell(ended)
    }
}

extension SpoolError {
    fileprivate static func notFound(_ parcel: Parcel) -> SpoolError {
        .notFound(stage: parcel.stage, sequence: parcel.sequence)
    }
}
