import Foundation
import Records
import Spool
import Testing
import TestSupport

@testable import Appliance

@Suite("What stages say of themselves")
struct ConditionTests {
    @Test("Senders are counted until they have been silent")
    func tally() {
        var tally = ReceptionTally()
        #expect(tally.sending(at: .zero).isEmpty)
        tally.begin(from: "CT1", at: .seconds(1))
        #expect(tally.sending(at: .seconds(1)).map(\.images) == [0])
        // However long one object takes.
        #expect(tally.sending(at: .seconds(1000)).map(\.title) == ["CT1"])
        tally.end(from: "CT1", isKept: true, at: .seconds(1001))
        tally.begin(from: "CT1", at: .seconds(1002))
        tally.end(from: "CT1", isKept: false, at: .seconds(1002))
        #expect(tally.sending(at: .seconds(1003)).map(\.images) == [1])
        #expect(tally.sending(at: .seconds(1002) + ReceptionTally.pause).isEmpty)
        // After a short silence it goes on counting, after a long one it begins anew.
        tally.begin(from: "CT1", at: .seconds(1020))
        #expect(tally.sending(at: .seconds(1020)).map(\.images) == [1])
        tally.end(from: "CT1", isKept: true, at: .seconds(1020))
        tally.begin(from: "CT1", at: .seconds(1020) + ReceptionTally.forgetting)
        #expect(tally.sending(at: .seconds(1020) + ReceptionTally.forgetting).map(\.images) == [0])
    }

    @Test("Ever new names take no memory")
    func manySenders() {
        var tally = ReceptionTally()
        for number in 0..<10_000 {
            tally.begin(from: "AE\(number)", at: .zero)
            tally.end(from: "AE\(number)", isKept: true, at: .zero)
        }
        #expect(tally.sending(at: .zero).count == ReceptionTally.maximumSenders)
        // What was not begun here is not ended here.
        tally.end(from: "NOBODY", isKept: true, at: .zero)
        #expect(tally.sending(at: .zero).count == ReceptionTally.maximumSenders)
    }

    @Test("A destination is unreachable since the first attempt that found nobody")
    func reach() {
        var reach = DestinationReach()
        reach.record([.retry("a bad object")], at: .seconds(1))
        #expect(reach.unreachableSince == nil)
        reach.record([.unavailable("nobody there")], at: .seconds(2))
        reach.record([.unavailable("nobody there"), .retry("it broke off")], at: .seconds(9))
        #expect(reach.unreachableSince == .seconds(2))
        reach.record([.refused("not as it is")], at: .seconds(10))
        #expect(reach.unreachableSince == nil)
    }

    @Test("The courier tells whom it cannot reach, and how many wait")
    func courier() throws {
        let folder = try TemporaryFolder()
        let spool = try CourierSpool(folder: folder.path)
        let queue = SharedDestinationQueue(
            DestinationQueue(
                name: "hub", spool: spool, backoff: Backoff(minimum: .seconds(10), maximum: .seconds(100)),
                awaitsCommitment: false),
            clock: CourierClock())
        let source = CourierCondition(spool: spool, queues: [.init(queue: queue, isHub: true)])
        #expect(source.condition == StageCondition(stage: .courier, summary: "Nothing is to be sent"))
        try spool.enqueue((1...3).map(ControlHarness.instance), of: .intake, for: ["hub"])
        let parcels = try queue.next(limit: 3)
        #expect(source.condition.activities == [.delivering])
        #expect(source.condition.summary == "Sending to hub, 3 objects to go")
        try queue.record(parcels.map { DeliveryAttempt($0, .unavailable("nobody there")) })
        let condition = source.condition
        #expect(condition.activities.isEmpty)
        #expect(condition.troubles == [.destinationUnreachable(name: "hub", isHub: true, seconds: 0, waiting: 3)])
        #expect(condition.summary == "Hub cannot be reached for 0 seconds, 3 objects wait")
        #expect(try StageCondition.decoded(condition) == condition)
    }

    @Test(arguments: [
        (1, "1 second"), (119, "119 seconds"), (12 * 60, "12 minutes"), (7200, "2 hours"), (172_800, "2 days"),
    ])
    func durations(seconds: Int, words: String) {
        #expect(CourierCondition.words(seconds: seconds) == words)
    }

    @Test("What hangs is told before all else, and joins the troubles")
    func hanging() {
        let supervision = StageSupervision(.intake, interval: .seconds(4))
        #expect(!supervision.isReady)
        #expect(supervision.condition().summary == "Starting")
        supervision.begin { StageCondition(stage: .intake, summary: "Ready to receive as OUTPOST") }
        _ = supervision.progress.begin(.spool)
        for second in 0...8 { _ = supervision.progress.look(at: .seconds(second)) }
        let condition = supervision.condition()
        #expect(condition.summary == "Hangs: the disk has not moved for 8 seconds")
        #expect(condition.troubles == [.partOverdue(.spool, seconds: 8)])
    }
}

extension StageCondition {
    /// As it comes out of a control socket.
    fileprivate static func decoded(_ condition: StageCondition) throws -> StageCondition {
        guard case .condition(let decoded) = try ControlAnswer(
            line: Array(ControlAnswer.condition(condition).line.dropLast()))
        else { throw TestSupportError("another answer") }
        return decoded
    }
}
