import DICOM
import Records
import Simulation
import Spool
import Testing
import TestSupport

@Suite("Faults that the courier and what it relies on live through")
struct CourierFaultTests {
    static let noon = RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true)

    /// Intake's spool with `count` objects whose files are durable and whose rows are written.
    private static func keep(_ count: Int, in spool: IntakeSpool) throws -> [StoredInstance] {
        for number in 1...count {
            let writer = try spool.instances.begin()
            try writer.append([UInt8(truncatingIfNeeded: number)])
            guard case .new(let numbered) = try spool.instances.number(writer, description(number)) else {
                throw TestSupportError("the object is known already")
            }
            _ = try spool.instances.seal(numbered).get()
        }
        try spool.instances.publish()
        return try spool.instances.reader.instances(after: 0, limit: count)
    }

    private static func description(_ number: Int) -> InstanceDescription {
        InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage,
            sopInstanceUID: UID("1.2.3.\(number)") ?? UID(known: "1.2"), studyInstanceUID: UID(known: "1.9"),
            seriesInstanceUID: UID(known: "1.9.1"), transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"), received: noon,
            modality: "CT", bodyPartExamined: nil)
    }

    private static func queue(_ spool: CourierSpool) -> DestinationQueue {
        DestinationQueue(
            name: "pacs", spool: spool, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(10)),
            awaitsCommitment: false)
    }

    @Test("An answer that the disk would not take down is written with the next batch, without another start")
    func unwrittenAnswer() throws {
        let storage = SimulatedStorage(seed: 1, sleep: { _ in })
        let intake = SimulatedDisk(storage)
        let objects = try Self.keep(1, in: IntakeSpool(folder: "/data/intake", disk: intake))
        let disk = SimulatedDisk(storage)
        let spool = try CourierSpool(folder: "/data/courier", disk: disk)
        try spool.enqueue(objects, of: .intake, for: ["pacs"])
        var queue = Self.queue(spool)
        var generator = SeededGenerator(seed: 1)
        let parcel = try #require(try queue.next(at: .zero).first)
        storage.plan(StorageFailure(.write, isLasting: true) { $0.contains("/courier/") })
        let audit = [AuditEvent(.objectDelivered, at: Self.noon, of: AuditSubject(destination: "pacs"))]
        #expect(throws: SpoolError.self) {
            try queue.record([DeliveryAttempt(parcel, .delivered, audit: audit)], at: .zero, using: &generator)
        }
        storage.dropFailures()
        #expect(try queue.next(at: .zero).isEmpty)
        #expect(try queue.next(at: .zero).isEmpty)
        let reader = try #require(try CourierReader(folder: "/data/courier", disk: disk))
        #expect(try reader.queues().map(\.delivered) == [1])
        let log = try #require(try AuditReader(stage: .courier, folder: "/data/courier", disk: disk))
        #expect(try log.rows() == 1)
    }

    @Test("What ended together is written down as a whole or not at all, wherever power is lost")
    func answersTogether() throws {
        let storage = SimulatedStorage(seed: 1, sleep: { _ in })
        let objects = try Self.keep(5, in: IntakeSpool(folder: "/data/intake", disk: SimulatedDisk(storage)))
        var outcomes: Set<Int> = []
        for cut in 1...60 {
            let storage = storage.copy(seed: UInt64(cut))
            let spool = try CourierSpool(folder: "/data/courier", disk: SimulatedDisk(storage))
            try spool.enqueue(objects, of: .intake, for: ["pacs"])
            var queue = Self.queue(spool)
            var generator = SeededGenerator(seed: UInt64(cut))
            let parcels = try queue.next(at: .zero)
            storage.cutPower(beforeOperation: storage.operationCount + cut)
            let attempts = parcels.map { parcel in
                DeliveryAttempt(parcel, .delivered, audit: [
                    AuditEvent(.objectDelivered, at: Self.noon, of: AuditSubject(destination: "pacs"))
                ])
            }
            let result = Result { try queue.record(attempts, at: .zero, using: &generator) }
            // Nothing else makes durable what was written down.
            storage.losePower(seed: UInt64(cut))
            let disk = SimulatedDisk(storage)
            let found = try CourierSpool(folder: "/data/courier", disk: disk)
            let delivered = try found.queues().first?.delivered ?? 0
            #expect([0, parcels.count].contains(delivered), "cut \(cut)")
            let log = try #require(try AuditReader(stage: .courier, folder: "/data/courier", disk: disk))
            #expect(try log.rows() == delivered, "cut \(cut)")
            if (try? result.get()) == nil { #expect(delivered == 0, "cut \(cut)") }
            outcomes.insert(delivered)
        }
        #expect(outcomes == [0, 5], "otherwise power was never lost in the middle, or always")
    }

    @Test("What is settled stays so after a loss of power: nothing is asked for again that was given up meanwhile")
    func settled() throws {
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed, sleep: { _ in })
            let intake = SimulatedDisk(storage)
            let store = try IntakeSpool(folder: "/data/intake", disk: intake)
            let objects = try Self.keep(2, in: store)
            let courier = SimulatedDisk(storage)
            let spool = try CourierSpool(folder: "/data/courier", disk: courier)
            try spool.enqueue(objects, of: .intake, for: ["pacs"])
            var queue = Self.queue(spool)
            var generator = SeededGenerator(seed: seed)
            for parcel in try queue.next(at: .zero) {
                try queue.record([DeliveryAttempt(parcel, .delivered)], at: .zero, using: &generator)
            }
            let reader = try #require(try CourierReader(folder: "/data/courier", disk: intake))
            #expect(try reader.settled(objects, of: .intake) == [1, 2])
            storage.losePower(seed: seed)
            let found = try CourierSpool(folder: "/data/courier", disk: SimulatedDisk(storage))
            #expect(try found.take(for: "pacs", limit: 10, at: .zero).isEmpty, "seed \(seed)")
        }
    }

    @Test("A folder of instances whose name could not be made durable at first is made so before it is used")
    func folderOfInstances() throws {
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed, sleep: { _ in })
            let spool = try IntakeSpool(folder: "/data/intake", disk: SimulatedDisk(storage))
            storage.plan(StorageFailure(.synchronizeFolder) { $0.hasSuffix("/instances") })
            #expect(throws: SpoolError.self) { _ = try spool.instances.begin() }
            let objects = try Self.keep(1, in: spool)
            storage.losePower(seed: seed)
            let found = try IntakeSpool(folder: "/data/intake", disk: SimulatedDisk(storage))
            #expect(try found.instances.reader.instances(after: 0, limit: 9) == objects, "seed \(seed)")
            #expect(found.instances.recovery.missing == [], "seed \(seed)")
        }
    }
}
