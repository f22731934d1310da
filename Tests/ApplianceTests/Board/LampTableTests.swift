import Testing

@testable import Appliance

@Suite("The table of lamps")
struct LampTableTests {
    /// Every board that there can be: any lamps, and `health` always.
    static let boards: [Set<Lamp>] = (0..<8).map { number in
        let others: [Lamp] = [.hub, .activity, .attention]
        return Set(others.enumerated().filter { number >> $0.offset & 1 == 1 }.map(\.element)).union([.health])
    }

    /// Those that say that the box itself works; the units' being ready goes with them.
    static let besideReady: Set<BoardState> = [
        .diskNearlyFull, .pacsUnreachable, .waitingForHub, .needsAttention, .receiving, .analysing, .ready,
    ]

    private func look(_ state: BoardState, on lamps: Set<Lamp>) -> [Lamp: LampPattern] {
        LampTable.patterns(for: Self.besideReady.contains(state) ? [state, .ready] : [state], on: lamps)
    }

    @Test("Each state has one row")
    func complete() {
        #expect(LampTable.rows.map(\.state) == BoardState.allCases, "in the order of importance")
    }

    @Test("On four lamps no two states look the same")
    func fourLamps() {
        for one in BoardState.allCases {
            for other in BoardState.allCases where other != one {
                #expect(look(one, on: Set(Lamp.allCases)) != look(other, on: Set(Lamp.allCases)), "\(one), \(other)")
            }
        }
    }

    @Test("On every board what matters most looks different, and no trouble looks like ready", arguments: boards)
    func everyBoard(lamps: Set<Lamp>) {
        let states: [BoardState] = [.updating, .fault, .booting, .notProvisioned, .ready]
        for one in states {
            for other in states where other != one {
                #expect(look(one, on: lamps) != look(other, on: lamps), "\(one), \(other)")
            }
        }
        for trouble in [BoardState.diskNearlyFull, .pacsUnreachable, .waitingForHub, .needsAttention] {
            #expect(look(trouble, on: lamps) != look(.ready, on: lamps), "\(trouble)")
            for state in states.dropLast() { #expect(look(trouble, on: lamps) != look(state, on: lamps)) }
        }
    }

    @Test("Whatever else holds, a fault is seen, unless an update explains it", arguments: boards)
    func faultIsSeen(lamps: Set<Lamp>) {
        let all = BoardState.allCases
        for number in 0..<(1 << all.count) {
            let states = Set(all.enumerated().filter { number >> $0.offset & 1 == 1 }.map(\.element))
            let patterns = LampTable.patterns(for: states, on: lamps)
            #expect(Set(patterns.keys) == lamps)
            #expect((patterns[.health] == .fastBlink) == (states.contains(.fault) && !states.contains(.updating)))
        }
    }

    @Test("Lamps tell of several states at once")
    func several() {
        let lamps = Set(Lamp.allCases)
        #expect(
            LampTable.patterns(for: [.ready, .receiving, .analysing, .waitingForHub, .diskNearlyFull], on: lamps)
                == [.health: .on, .hub: .slowBlink, .activity: .fastBlink, .attention: .slowBlink])
        #expect(
            LampTable.patterns(for: [.fault, .receiving, .pacsUnreachable, .waitingForHub], on: lamps)
                == [.health: .fastBlink, .hub: .fastBlink, .activity: .fastBlink, .attention: .off])
        #expect(LampTable.patterns(for: [], on: lamps).values.allSatisfy { $0 == .off })
        #expect(LampTable.patterns(for: [.fault], on: []).isEmpty)
    }

    @Test("A state that somebody wants to see comes before all, and leaves the other lamps alone")
    func first() {
        let lamps = Set(Lamp.allCases)
        let states: Set<BoardState> = [.ready, .waitingForHub]
        #expect(
            LampTable.patterns(for: states, first: .updating, on: lamps)
                == [.health: .tripleFlash, .hub: .slowBlink, .activity: .off, .attention: .off])
        #expect(LampTable.patterns(for: states, first: .pacsUnreachable, on: lamps)[.hub] == .fastBlink)
        #expect(LampTable.patterns(for: [.fault], first: .ready, on: lamps)[.health] == .on)
    }
}
