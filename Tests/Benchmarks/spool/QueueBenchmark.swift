import DICOM
import Foundation
import Records
import Spool

/// How fast parcels are queued, taken and written down as delivered while so many wait, and how long opening takes.
struct QueueBenchmark {
    /// As the courier does in one transaction.
    private static let batch = 256
    /// Parcels taken and recorded in one measurement.
    private static let taken = 20 * DestinationQueue.batch
    private static let recordedTogether = 5

    let root: URL
    let sizes: [Int]

    func run() throws -> Table {
        var table = Table([
            "waiting", "queued/s", "last 1000 queued/s", "taken and recorded/s", "open, ms", "counts, ms",
        ])
        for size in sizes {
            let folder = root.appendingPathComponent("courier-\(size)").path
            let (whole, last) = try fill(size, folder)
            var spool: CourierSpool?
            let opening = try seconds { spool = try CourierSpool(folder: folder) }
            guard let spool else { continue }
            let (count, working) = try drain(spool, Swift.min(size, Self.taken))
            let counting = try seconds { _ = try CourierReader(folder: folder)?.queues() }
            table.add([
                "\(size)", text(Double(size) / whole, 0), text(1000 / last, 0), text(Double(count) / working, 0),
                text(opening * 1000), text(counting * 1000),
            ])
            try FileManager.default.removeItem(atPath: folder)
        }
        return table
    }

    /// The seconds for all, and for the last thousand.
    private func fill(_ size: Int, _ folder: String) throws -> (whole: Double, last: Double) {
        let spool = try CourierSpool(folder: folder)
        let almost = try seconds { try enqueue(0..<size - 1000, in: spool) }
        let last = try seconds { try enqueue(size - 1000..<size, in: spool) }
        return (almost + last, last)
    }

    private func enqueue(_ numbers: Range<Int>, in spool: CourierSpool) throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.batch) {
            let instances = (start..<Swift.min(start + Self.batch, numbers.upperBound)).map(Self.instance)
            try spool.enqueue(instances, of: .intake, for: ["pacs"])
        }
    }

    private func drain(_ spool: CourierSpool, _ limit: Int) throws -> (count: Int, seconds: Double) {
        var queue = DestinationQueue(
            name: "pacs", spool: spool, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(2)),
            awaitsCommitment: false)
        var generator = SystemRandomNumberGenerator()
        var count = 0
        let time = try seconds {
            while count < limit {
                let parcels = try queue.next(at: .zero)
                if parcels.isEmpty { break }
                // As many together as the courier writes down at a thousand objects a second.
                for start in stride(from: 0, to: parcels.count, by: Self.recordedTogether) {
                    let group = parcels[start..<Swift.min(start + Self.recordedTogether, parcels.count)]
                    try queue.record(Array(group.map(Self.delivered)), at: .zero, using: &generator)
                }
                count += parcels.count
            }
        }
        return (count, time)
    }

    private static func delivered(_ parcel: Parcel) -> DeliveryAttempt {
        let event = AuditEvent(.objectDelivered, at: now, of: AuditSubject(destination: "pacs"))
        return DeliveryAttempt(parcel, .delivered, audit: [event])
    }

    private static let now = RecordedTime(Timestamp(microseconds: 1_767_225_600_000_000), isTrusted: true)
    private static let uid = UID(known: "1.2.3")

    private static func instance(_ number: Int) -> StoredInstance {
        StoredInstance(
            sequence: Int64(number + 1), sopClassUID: uid, sopInstanceUID: uid, studyInstanceUID: uid,
            seriesInstanceUID: uid, transferSyntax: .explicitVRLittleEndian, dataSetLength: 1,
            sha256: Digest(ofData: []), peer: Peer(callingAETitle: "B", calledAETitle: "O", address: "127.0.0.1"),
            received: now, modality: nil, bodyPartExamined: nil)
    }
}
