import DICOM
import Records
import Spool
import Testing
import TestSupport

@Suite("The courier's queues")
struct DestinationQueueTests {
    /// A courier's spool on a folder of its own, with objects to queue.
    private struct Fixture {
        let folder: TemporaryFolder
        private var opened: CourierSpool?
        let objects: [StoredInstance]
        var generator = SeededGenerator(seed: 1)

        init(_ count: Int) async throws {
            folder = try TemporaryFolder()
            opened = try CourierSpool(folder: folder.url.path)
            let intake = try SpoolFixture()
            for number in 1...count { try await intake.keep([UInt8(number)], number) }
            objects = try intake.store.reader.instances(after: 0, limit: count)
        }

        var spool: CourierSpool { get throws { try #require(opened) } }

        /// What the next start finds. Nobody else may have the spool then.
        mutating func restart() throws {
            opened = nil
            opened = try CourierSpool(folder: folder.url.path)
        }

        func queue(_ name: String = "pacs", awaitsCommitment: Bool = false) throws -> DestinationQueue {
            DestinationQueue(
                name: name, spool: try spool, backoff: Backoff(minimum: .seconds(10), maximum: .seconds(100)),
                awaitsCommitment: awaitsCommitment)
        }

        func summary(_ name: String = "pacs") throws -> QueueSummary {
            try #require(try CourierReader(folder: folder.url.path)?.queues().first { $0.destination == name })
        }

        let act = OperatorAct(by: .account(named: "technician"), at: noon)
    }

    @Test("Queueing moves the cursor with it, and twice is once")
    func enqueue() async throws {
        let fixture = try await Fixture(3)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs", "hub"])
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs", "hub"])
        #expect(try fixture.spool.cursor(of: .intake) == 3)
        #expect(try fixture.spool.cursor(of: .analysis) == 0)
        #expect(try fixture.summary("hub").queued == 3)
        #expect(try fixture.queue().next(at: .zero).map(\.sequence) == [1, 2, 3])
        #expect(try fixture.queue().next(at: .zero).isEmpty, "what is in flight is not sent twice")
    }

    @Test("Results go before images")
    func priority() async throws {
        let fixture = try await Fixture(3)
        try fixture.spool.enqueue(Array(fixture.objects[..<2]), of: .intake, for: ["pacs"])
        try fixture.spool.enqueue(Array(fixture.objects[2...]), of: .analysis, for: ["pacs"])
        #expect(try fixture.queue().next(at: .zero).map(\.stage) == [.analysis, .intake, .intake])
    }

    @Test("An object that fails is put off for longer each time, and nothing waits for it")
    func objectBacksOff() async throws {
        var fixture = try await Fixture(2)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue()
        var now = Duration.zero
        var pauses: [Duration] = []
        var parcels = try queue.next(at: now)
        #expect(parcels.count == 2)
        for parcel in parcels where parcel.sequence == 2 {
            try queue.record([DeliveryAttempt(parcel, .delivered)], at: now, using: &fixture.generator)
        }
        for _ in 0..<6 {
            let failing = try #require(parcels.first { $0.sequence == 1 })
            try queue.record([DeliveryAttempt(failing, .retry("out of resources"))], at: now, using: &fixture.generator)
            let start = now
            repeat {
                now += .seconds(1)
                parcels = try queue.next(at: now)
            } while parcels.isEmpty
            pauses.append(now - start)
        }
        #expect(pauses[0] >= .seconds(5) && pauses[0] <= .seconds(11))
        #expect(try #require(pauses.last) >= .seconds(50), "half of the longest pause at least: \(pauses)")
        #expect(try fixture.summary().lastError == "out of resources")
    }

    @Test("A destination that cannot be asked is left alone as a whole, and its parcels keep their places")
    func destinationBacksOff() async throws {
        var fixture = try await Fixture(3)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue()
        let attempts = try queue.next(at: .zero).map { DeliveryAttempt($0, .unavailable("nobody answers")) }
        try queue.record(attempts, at: .zero, using: &fixture.generator)
        let pause = queue.pause(at: .zero)
        #expect(pause >= .seconds(5) && pause <= .seconds(10), "one pause for the whole batch")
        #expect(try queue.next(at: pause - .milliseconds(1)).isEmpty)
        let again = try queue.next(at: pause)
        #expect(again.map(\.sequence) == [1, 2, 3])
        #expect(again.map(\.attempts) == [1, 1, 1])
        try queue.record([DeliveryAttempt(again[0], .delivered)], at: pause, using: &fixture.generator)
        #expect(queue.pause(at: pause) <= .zero)
    }

    @Test("A destination that asks to be left alone is, whatever another connection hears, until a person knows better")
    func askedToWait() async throws {
        var fixture = try await Fixture(3)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["hub"])
        var queue = try fixture.queue("hub")
        let parcels = try queue.next(at: .zero)
        try queue.record(
            [
                DeliveryAttempt(parcels[0], .unavailable("busy", retryAfter: .seconds(500))),
                DeliveryAttempt(parcels[1], .unavailable("busy", retryAfter: .seconds(300))),
                DeliveryAttempt(parcels[2], .delivered),
            ], at: .seconds(1), using: &fixture.generator)
        #expect(queue.pause(at: .seconds(1)) == .seconds(500))
        #expect(try queue.next(at: .seconds(500)).isEmpty)
        queue.endPause()
        #expect(try queue.next(at: .seconds(2)).map(\.attempts) == [1, 1])
        // A word that is shorter than our own pause does not shorten it.
        try queue.record(
            [DeliveryAttempt(parcels[0], .unavailable("busy", retryAfter: .zero))], at: .seconds(2),
            using: &fixture.generator)
        #expect(queue.pause(at: .seconds(2)) >= .seconds(5))
    }

    @Test("Each of those that ended together keeps its own count, state and reason")
    func together() async throws {
        var fixture = try await Fixture(4)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue()
        var parcels = try queue.next(at: .zero)
        try queue.record(
            [DeliveryAttempt(parcels[0], .unavailable("away"))], at: .zero, using: &fixture.generator)
        queue.endPause()
        parcels[0] = try #require(try queue.next(at: .zero).first)
        try queue.record(
            [
                DeliveryAttempt(parcels[0], .unavailable("away")), DeliveryAttempt(parcels[1], .delivered),
                DeliveryAttempt(parcels[2], .unsendable("damaged")), DeliveryAttempt(parcels[3], .retry("full")),
            ], at: .zero, using: &fixture.generator)
        let found = try #require(try CourierReader(folder: fixture.folder.url.path))
            .parcels(ParcelSelection(), limit: 9)
        #expect(found.map(\.state) == [.waiting, .delivered, .refused, .waiting])
        #expect(found.map(\.attempts) == [2, 0, 1, 1])
        #expect(found.map(\.lastError) == ["away", nil, "damaged", "full"])
    }

    @Test("No more are given out than may be in flight")
    func bound() async throws {
        let fixture = try await Fixture(5)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        #expect(try fixture.queue().next(limit: 2, at: .zero).map(\.sequence) == [1, 2])
        #expect(try fixture.queue().next(limit: 0, at: .zero).isEmpty)
        #expect(try fixture.queue().next(limit: 9, at: .zero).map(\.sequence) == [3, 4, 5])
    }

    @Test("A refused object is in nobody's way, is shown, and is tried again once a person says so")
    func refused() async throws {
        var fixture = try await Fixture(2)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue()
        let parcels = try queue.next(at: .zero)
        try queue.record([DeliveryAttempt(parcels[0], .refused("wrong class"))], at: .zero, using: &fixture.generator)
        try queue.record([DeliveryAttempt(parcels[1], .delivered)], at: .zero, using: &fixture.generator)
        #expect(try queue.next(at: .seconds(100_000)).isEmpty)
        #expect(try fixture.summary().refused == 1)
        #expect(try fixture.summary().lastError == "wrong class")
        let changed = try fixture.spool.retry(ParcelSelection(states: [.refused]), limit: 10, fixture.act)
        #expect(changed.map(\.id) == [parcels[0].id])
        #expect(try queue.next(at: .zero).map(\.id) == [parcels[0].id])
    }

    @Test("What was in flight at a crash is tried again; delivered and refused are not")
    func crash() async throws {
        var fixture = try await Fixture(3)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        do {
            var queue = try fixture.queue()
            let parcels = try queue.next(at: .zero)
            try queue.record([DeliveryAttempt(parcels[0], .delivered)], at: .zero, using: &fixture.generator)
            try queue.record([DeliveryAttempt(parcels[1], .refused("no"))], at: .zero, using: &fixture.generator)
        }
        try fixture.restart()
        #expect(try fixture.queue().next(at: .zero).map(\.sequence) == [3])
    }

    @Test("Held parcels and held queues stay until they are let go; dropped ones are never sent")
    func operatorActs() async throws {
        let fixture = try await Fixture(4)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs", "hub"])
        let ids = try CourierReader(folder: fixture.folder.url.path)?
            .parcels(ParcelSelection(destination: "pacs"), limit: 10).map(\.id) ?? []
        _ = try fixture.spool.hold(ParcelSelection(ids: [ids[0]]), limit: 10, fixture.act)
        _ = try fixture.spool.drop(ParcelSelection(ids: [ids[1]]), limit: 10, fixture.act)
        #expect(try fixture.queue().next(at: .zero).map(\.id) == [ids[2], ids[3]])
        _ = try fixture.spool.release(ParcelSelection(destination: "pacs"), limit: 10, fixture.act)
        #expect(try fixture.queue().next(at: .zero).map(\.id) == [ids[0]])
        #expect(try fixture.summary().dropped == 1)
        #expect(try fixture.summary("hub").queued == 4, "nobody meant the hub")

        try fixture.spool.setHeld(true, destination: "hub", fixture.act)
        #expect(try fixture.queue("hub").next(at: .zero).isEmpty)
        #expect(try fixture.summary("hub").isHeld)
        try fixture.spool.setHeld(false, destination: "hub", fixture.act)
        #expect(try fixture.queue("hub").next(at: .zero).count == 4)
    }

    @Test("Only what is older than its destination's policy says expires, and never without a trusted time")
    func expiry() async throws {
        let fixture = try await Fixture(3)
        let day = Timestamp(microseconds: 86_400_000_000 * 20_000)
        try fixture.spool.enqueue(Array(fixture.objects[..<1]), of: .intake, for: ["pacs"], now: day)
        try fixture.spool.enqueue(Array(fixture.objects[1..<2]), of: .intake, for: ["pacs"], now: nil)
        let later = Timestamp(microseconds: day.microseconds + 1)
        try fixture.spool.enqueue(Array(fixture.objects[2...]), of: .intake, for: ["pacs"], now: later)
        #expect(try fixture.spool.expire(for: "pacs", queuedBefore: later, at: noon).map(\.sequence) == [1])
        #expect(try fixture.queue().next(at: .zero).map(\.sequence) == [2, 3])
    }

    @Test("Delivered becomes committed by a report only; what failed is sent again, what is left out is asked again")
    func commitment() async throws {
        var fixture = try await Fixture(3)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue(awaitsCommitment: true)
        for parcel in try queue.next(at: .zero) {
            try queue.record([DeliveryAttempt(parcel, .delivered)], at: .zero, using: &fixture.generator)
        }
        let parcels = try fixture.spool.uncommitted(for: "pacs", limit: 10)
        #expect(parcels.map(\.sequence) == [1, 2, 3])
        let transaction = UID(known: "1.2.3")
        try fixture.spool.beginCommitment(transaction, of: parcels, for: "pacs", at: .zero)
        #expect(try fixture.spool.uncommitted(for: "pacs", limit: 10).isEmpty, "asked once")
        let judge: (Parcel) -> CommitmentJudgement = { parcel in
            switch parcel.sequence {
            case 1: .committed
            case 2: .failed(reason: "it is gone")
            default: .unmentioned
            }
        }
        let outcome = try #require(try fixture.spool.report(transaction, cursor: 7, at: noon, judge: judge))
        #expect(outcome.committed.map(\.sequence) == [1])
        #expect(outcome.requeued.map(\.sequence) == [2])
        #expect(try fixture.spool.commitmentCursor() == 7)
        #expect(try fixture.spool.report(transaction, cursor: 8, at: noon, judge: judge) == nil, "once")
        #expect(try fixture.spool.uncommitted(for: "pacs", limit: 10).map(\.sequence) == [3])
        #expect(try queue.next(at: .zero).map(\.sequence) == [2])
        #expect(try fixture.summary().committed == 1)
    }

    @Test("A report that never comes is asked for again, and a peer without the service is asked no more")
    func commitmentLost() async throws {
        var fixture = try await Fixture(2)
        try fixture.spool.enqueue(fixture.objects, of: .intake, for: ["pacs"])
        var queue = try fixture.queue(awaitsCommitment: true)
        for parcel in try queue.next(at: .zero) {
            try queue.record([DeliveryAttempt(parcel, .delivered)], at: .zero, using: &fixture.generator)
        }
        let parcels = try fixture.spool.uncommitted(for: "pacs", limit: 10)
        let transaction = UID(known: "1.2.3")
        try fixture.spool.beginCommitment(transaction, of: parcels, for: "pacs", at: .seconds(5))
        #expect(try fixture.spool.unreportedCommitments(for: "pacs", begunBefore: .seconds(5)).isEmpty)
        #expect(try fixture.spool.unreportedCommitments(for: "pacs", begunBefore: .seconds(6)) == [transaction])
        try fixture.spool.abandonCommitment(transaction)
        #expect(try fixture.spool.uncommitted(for: "pacs", limit: 10).count == 2)
        try fixture.spool.waiveCommitment(for: "pacs")
        #expect(try fixture.spool.uncommitted(for: "pacs", limit: 10).isEmpty)
        #expect(try fixture.summary().delivered == 2)
    }
}
