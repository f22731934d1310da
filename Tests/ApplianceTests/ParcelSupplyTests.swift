import DICOM
import Delivery
import Foundation
import Logging
import Records
import Spool
import Synchronization
import Testing
import TestSupport

@testable import Appliance

@Suite("What a connection is given to send, and what is written down of it")
struct ParcelSupplyTests {
    @Test("An outage with many waiting is one line in the log, and every parcel counts its own attempt")
    func outage() async throws {
        let fixture = try await Fixture(objects: 70)
        let batch = await fixture.supply.next(within: .zero)
        #expect(batch.count == DestinationQueue.batch)
        fixture.supply.report([batch[0]], .retry("no route to the host"))
        fixture.supply.report(Array(batch.dropFirst()), .unavailable("no route to the host"))
        fixture.supply.writeDown()
        #expect(fixture.lines.count { $0.contains("deliveryRetried") } == 1)
        #expect(fixture.lines.contains { $0.contains("parcels=64") && $0.contains("no route to the host") })
        let parcels = try fixture.parcels()
        #expect(parcels.map(\.attempts) == Array(repeating: 1, count: 64) + Array(repeating: 0, count: 6))
        #expect(parcels.map(\.state) == Array(repeating: .waiting, count: 64) + Array(repeating: .queued, count: 6))
        let counters = try CourierReader(folder: fixture.courierFolder)?.database.counters()
        #expect(counters?["deliveryRetried"] == 64)
        #expect(await fixture.supply.next(within: .zero).isEmpty, "the destination is left alone")
    }

    @Test("Each object that has come to its end has a line and a row of the audit log of its own")
    func ends() async throws {
        let fixture = try await Fixture(objects: 3)
        let batch = await fixture.supply.next(within: .zero)
        fixture.supply.report([batch[0]], .delivered)
        fixture.supply.report([batch[1]], .refused("no such class"))
        fixture.supply.report([batch[2]], .unsendable("damaged"))
        fixture.supply.writeDown()
        #expect(fixture.lines.count { $0.contains("objectDelivered") } == 1)
        #expect(fixture.lines.count { $0.contains("objectRefused") } == 2)
        #expect(try fixture.parcels().map(\.state) == [.delivered, .refused, .refused])
        #expect(try AuditReader(stage: .courier, folder: fixture.courierFolder)?.rows() == 3)
    }

    @Test("What is in flight is bounded until it is written down how it ended")
    func bound() async throws {
        let fixture = try await Fixture(objects: 70)
        let batch = await fixture.supply.next(within: .zero)
        #expect(await fixture.supply.next(within: .zero).isEmpty)
        fixture.supply.report(Array(batch.prefix(4)), .delivered)
        #expect(await fixture.supply.next(within: .zero).count == 4)
        #expect(try fixture.parcels().count { $0.state == .sending } == DestinationQueue.batch)
        #expect(try fixture.parcels().count { $0.state == .delivered } == 4)
    }

    @Test("An answer is written down although nothing more is asked for")
    func records() async throws {
        let fixture = try await Fixture(objects: 1)
        let batch = await fixture.supply.next(within: .zero)
        let records = Task { await fixture.supply.keepRecords() }
        fixture.supply.report(batch, .delivered)
        try await eventually("the record") { try fixture.parcels().map(\.state) == [.delivered] }
        records.cancel()
        await records.value
    }

    @Test("What was answered before the end is written down at the end")
    func cancellation() async throws {
        let fixture = try await Fixture(objects: 2)
        let destination = AnsweringDestination()
        let queue = ParcelQueue(destination: destination, supply: fixture.supply)
        let running = Task { try await queue.run() }
        try await eventually("the first answer") { destination.hasAnswered }
        running.cancel()
        _ = await running.result
        #expect(try fixture.parcels().map(\.state) == [.delivered, .sending])
    }

    @Test("An object that is gone is in nobody's way")
    func gone() async throws {
        let fixture = try await Fixture(objects: 2, queued: 3)
        let batch = await fixture.supply.next(within: .zero)
        #expect(batch.map(\.parcelID) == [1, 2])
        fixture.supply.report(batch, .delivered)
        fixture.supply.writeDown()
        #expect(try fixture.parcels().map(\.state) == [.delivered, .delivered, .refused])
    }

    @Test("A rate that is asked for holds back what comes next, and not what is there")
    func rate() async throws {
        // One byte a second, and objects of one byte: an hour is not over before the test is.
        let fixture = try await Fixture(objects: 70, bytesPerSecond: 1)
        let batch = await fixture.supply.next(within: .zero)
        #expect(batch.count == DestinationQueue.batch)
        fixture.supply.report(batch, .delivered)
        #expect(await fixture.supply.next(within: .milliseconds(1)).isEmpty)
        #expect(fixture.supply.pause > .seconds(1))
    }
}

/// Says that it has the first object, and then nothing until it is stopped.
private final class AnsweringDestination: Destination {
    let name = "pacs"
    private let answered = Mutex(false)

    var hasAnswered: Bool { answered.withLock { $0 } }

    func deliver(_ source: some ConsignmentSource) async {
        let batch = await source.next(within: .zero)
        if let first = batch.first { source.report([first], .delivered) }
        answered.withLock { $0 = true }
        let (forever, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in forever {}
    }
}

/// Intake's objects, and a courier with a parcel of each for one destination.
private struct Fixture {
    let folder: TemporaryFolder
    let intake: IntakeSpool
    let spool: CourierSpool
    let supply: ParcelSupply
    private let log = Lines()

    static let noon = RecordedTime(Timestamp(microseconds: 1_800_000_000_000_000), isTrusted: true)

    var lines: [String] { log.all }
    var courierFolder: String { StageFiles.folder(.courier, in: folder.path) }

    /// - Parameter queued: parcels, where there are to be more than objects.
    init(objects count: Int, queued: Int? = nil, bytesPerSecond: Int? = nil) async throws {
        folder = try TemporaryFolder()
        intake = try IntakeSpool(folder: StageFiles.folder(.intake, in: folder.path))
        for number in 1...count { try await Self.keep(number, in: intake.instances) }
        spool = try CourierSpool(folder: StageFiles.folder(.courier, in: folder.path))
        var instances = try intake.instances.reader.instances(after: 0, limit: count)
        for number in count..<max(count, queued ?? 0) {
            var missing = instances[0]
            missing.sequence = Int64(number + 1)
            instances.append(missing)
        }
        try spool.enqueue(instances, of: .intake, for: ["pacs"])
        let log = log
        let events = EventLog(
            stage: .courier, database: spool.database, logger: Logger(label: "test") { _ in LineLog(lines: log) })
        supply = ParcelSupply(
            SharedDestinationQueue(
                DestinationQueue(
                    name: "pacs", spool: spool, backoff: Backoff(minimum: .seconds(1000), maximum: .seconds(1000)),
                    awaitsCommitment: false),
                clock: CourierClock()),
            objects: StageObjects(dataFolder: folder.path), events: events,
            time: KeptClock(floor: nil, database: nil) { ClockReading.system() },
            progress: ProgressWatch(interval: .seconds(30)), bytesPerSecond: bytesPerSecond)
    }

    func parcels() throws -> [Parcel] {
        try CourierReader(folder: courierFolder)?.parcels(ParcelSelection(), limit: 1000) ?? []
    }

    private static func keep(_ number: Int, in store: InstanceStore) async throws {
        let uid = UID(derivedFrom: Digest(ofData: "\(number)".utf8).bytes)
        let writer = try store.begin()
        try writer.append([UInt8(truncatingIfNeeded: number)])
        _ = try await store.commit(writer, InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid, studyInstanceUID: uid,
            seriesInstanceUID: uid, transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "TEST", calledAETitle: "OUTPOST", address: "127.0.0.1"), received: noon,
            modality: "OT", bodyPartExamined: nil))
        try await store.settle()
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineLog: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(lines: Lines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.message)") }
}
