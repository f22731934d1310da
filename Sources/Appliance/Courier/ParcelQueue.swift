import Delivery
import Records
import Spool

/// Works off one destination's queue, batch by batch, for as long as it runs.
struct ParcelQueue: Sendable {
    /// Parcels in flight together. At a crash only these may be sent twice.
    static let batch = 16
    /// How often the queue looks for new work and the database of an earlier stage for its first row.
    static let poll = Duration.milliseconds(250)

    let destination: any Destination
    let spool: CourierSpool
    let objects: StageObjects
    let events: EventLog
    var backoff: Backoff

    mutating func run() async throws {
        var generator = SystemRandomNumberGenerator()
        while true {
            let parcels = try spool.next(for: destination.name, limit: Self.batch)
            guard !parcels.isEmpty else {
                try await Task.sleep(for: Self.poll)
                continue
            }
            if try await deliver(parcels) {
                backoff.reset()
            } else {
                try await Task.sleep(for: backoff.next(using: &generator))
            }
        }
    }

    /// Tries each parcel once. False where the destination should be left alone for a while.
    private func deliver(_ parcels: [Parcel]) async throws -> Bool {
        var consignments: [Consignment] = []
        for parcel in parcels {
            do throws(SpoolError) {
                consignments.append(try objects.consignment(parcel))
            } catch {
                // Nothing a retry could mend: the object is not where it was promised to be.
                try spool.finish(parcel.id, .refused, error: "\(error)")
                events.emit(Event(.objectRefused, .error, [
                    "parcel": parcel.id, "destination": parcel.destination, "reason": "\(error)",
                ]))
            }
        }
        let sending = parcels.filter { parcel in consignments.contains { $0.parcelID == parcel.id } }
        try spool.markSending(sending)
        let failures = Failures()
        await destination.deliver(consignments) { consignment, outcome in
            await record(outcome, of: consignment, failures)
        }
        return await failures.count == 0
    }

    private func record(_ outcome: DeliveryOutcome, of consignment: Consignment, _ failures: Failures) async {
        do throws(SpoolError) {
            switch outcome {
            case .delivered:
                try spool.finish(consignment.parcelID, .delivered, error: nil)
                events.emit(Event(.objectDelivered, .info, details(consignment)))
            case .retry(let reason):
                await failures.add()
                try spool.finish(consignment.parcelID, .waiting, error: reason)
                events.emit(Event(.deliveryRetried, .warning, details(consignment, reason)))
            case .refused(let reason):
                try spool.finish(consignment.parcelID, .refused, error: reason)
                events.emit(Event(.objectRefused, .error, details(consignment, reason)))
            }
        } catch {
            // The parcel stays `sending` and is tried again after a restart.
            events.emit(Event(.stageFailed, .critical, ["reason": "\(error)"]))
        }
    }

    private func details(
        _ consignment: Consignment, _ reason: String = ""
    ) -> KeyValuePairs<String, any CustomStringConvertible> {
        [
            "destination": destination.name, "sopInstanceUID": consignment.sopInstanceUID,
            "parcel": consignment.parcelID, "reason": reason,
        ]
    }

    private actor Failures {
        private(set) var count = 0
        func add() { count += 1 }
    }
}
