import Testing

@testable import Appliance

@Suite("What owes progress")
struct ProgressLedgerTests {
    private var ledger = ProgressLedger(longestStep: .seconds(10))

    private mutating func look(_ seconds: Int...) -> [OverduePart] {
        var last: [OverduePart] = []
        for second in seconds { last = ledger.look(at: .seconds(second)) }
        return last
    }

    @Test mutating func aLoopThatTurnsIsNeverOverdue() {
        let loop = ledger.begin(.studies, limit: .seconds(10))
        for second in 0..<100 {
            ledger.beat(loop)
            #expect(ledger.look(at: .seconds(second * 5)).isEmpty)
        }
    }

    @Test mutating func aLoopThatStopsIsOverdueAfterItsLimit() {
        _ = ledger.begin(.studies, limit: .seconds(10))
        #expect(look(0, 5, 10).isEmpty)
        #expect(look(15) == [OverduePart(part: .studies, silence: .seconds(15))])
    }

    @Test("Work is owed only while it is under way") mutating func workThatEnds() {
        let write = ledger.begin(.spool, limit: .seconds(10))
        #expect(look(0, 5).isEmpty)
        ledger.end(write)
        #expect(look(10, 20, 30).isEmpty)
    }

    @Test("One write that hangs is found among others that are quick") mutating func oneOfMany() {
        _ = ledger.begin(.spool, limit: .seconds(10))
        var found: [OverduePart] = []
        for second in stride(from: 0, through: 20, by: 5) {
            ledger.end(ledger.begin(.spool, limit: .seconds(10)))
            found = ledger.look(at: .seconds(second))
        }
        #expect(found == [OverduePart(part: .spool, silence: .seconds(20))])
    }

    @Test("A process that stood still as a whole blames nobody") mutating func suspended() {
        let loop = ledger.begin(.upkeep, limit: .seconds(30))
        #expect(look(0, 5).isEmpty)
        // Hours later, and before the loop has had its turn.
        #expect(look(36_000).isEmpty)
        ledger.beat(loop)
        #expect(look(36_005).isEmpty)
    }

    @Test("What moves again is overdue no more") mutating func recovers() {
        let loop = ledger.begin(.queues, limit: .seconds(5))
        #expect(look(0, 5, 10).map(\.part) == [.queues])
        ledger.beat(loop)
        #expect(look(15).isEmpty)
    }

    @Test("Each part is named once, with its longest silence, and the one to blame first") mutating func order() {
        _ = ledger.begin(.studies, limit: .seconds(1))
        _ = ledger.begin(.spool, limit: .seconds(1))
        #expect(look(0, 5).map(\.part) == [.spool, .studies])
        _ = ledger.begin(.spool, limit: .seconds(1))
        #expect(look(10).first == OverduePart(part: .spool, silence: .seconds(10)))
    }

    @Test("A clock that goes backwards changes nothing") mutating func backwards() {
        _ = ledger.begin(.spool, limit: .seconds(5))
        #expect(look(100, 50, 51).isEmpty)
    }

    @Test("Who is waited for may take no longer than who waits")
    func patience() {
        for part in [StagePart.eventLoops, .studies, .upkeep, .inference, .queues] {
            #expect(part.patience > StagePart.spool.patience)
        }
    }
}
