import Records
import Testing

@testable import Appliance

@Suite("What the board knows of the stages")
struct StageHistoryTests {
    private static let well = StageProbe.answered(StageCondition(stage: .intake, summary: "Waiting for images"))

    private func answer(
        _ troubles: [StageCondition.Trouble] = [], activities: Set<StageCondition.Activity> = []
    ) -> StageProbe {
        .answered(StageCondition(stage: .intake, activities: activities, troubles: troubles, summary: "Test"))
    }

    private func states(_ probes: [Stage: [(Int, StageProbe)]], at now: Int) -> Set<BoardState> {
        var situation = BoardSituation(provisioning: .usable)
        for stage in BoardSession.watched {
            var history = StageHistory(at: .zero)
            for (second, probe) in probes[stage] ?? [(1, Self.well)] { _ = history.note(probe, at: .seconds(second)) }
            situation.stages[stage] = history
        }
        return situation.states(at: .seconds(now))
    }

    @Test("A stage that has not come yet starts, and after its time is dead")
    func neverCame() {
        #expect(states([.intake: [(1, .notRunning)]], at: 2) == [.booting])
        #expect(states([.intake: [(119, .notRunning)]], at: 119) == [.booting])
        #expect(states([.intake: [(120, .notRunning)]], at: 120) == [.fault])
        #expect(states([.intake: [(1, .unreachable), (119, .unreachable)]], at: 119) == [.booting])
        #expect(states([.intake: [(1, .unreachable), (121, .unreachable)]], at: 121) == [.fault])
    }

    @Test("One that ran and does not is dead at once, and so is one that hangs")
    func diesAndHangs() {
        #expect(states([:], at: 2) == [.ready])
        #expect(states([.courier: [(1, Self.well), (2, .notRunning)]], at: 2) == [.fault])
        #expect(states([.analysis: [(1, Self.well), (7, .silent)]], at: 7) == [.fault])
        #expect(states([.analysis: [(1, .silent)]], at: 7) == [.fault], "it listens, so it does not start")
    }

    @Test("A fault stays for ten seconds after its end, so that one who comes by sees it")
    func hold() {
        let probes: [(Int, StageProbe)] = [(1, Self.well), (5, .notRunning), (6, .unreachable), (7, Self.well)]
        #expect(states([.intake: Array(probes.prefix(3))], at: 6) == [.fault, .booting])
        #expect(states([.intake: probes], at: 14) == [.fault])
        #expect(states([.intake: probes], at: 15) == [.ready])
    }

    @Test("Beginnings and ends are told once")
    func changes() {
        var history = StageHistory(at: .zero)
        var told: [StageHistory.Change] = []
        let probes: [StageProbe] = [
            .notRunning, .unreachable, Self.well, Self.well,
            .notRunning, .notRunning, .unreachable, Self.well, Self.well,
            .silent, .silent, .notRunning, Self.well,
            answer([.partOverdue(.spool, seconds: 61)]), answer([.partOverdue(.spool, seconds: 62)]),
            answer([.partOverdue(.eventLoops, seconds: 62)]), Self.well,
        ]
        for (second, probe) in probes.enumerated() {
            if let change = history.note(probe, at: .seconds(second)) { told.append(change) }
        }
        #expect(told == [
            .began(.dead), .ended, .began(.hangs), .began(.dead), .ended, .began(.standsStill(.spool, seconds: 61)),
            .began(.standsStill(.eventLoops, seconds: 62)), .ended,
        ])
    }

    @Test("What a stage says of itself shows", arguments: [
        ([], [.receiving], [.ready, .receiving]),
        ([], [.receiving, .analysing, .delivering], [.ready, .receiving, .analysing]),
        ([.destinationUnreachable(name: "hub", isHub: true, seconds: 60, waiting: 3)], [], [.ready, .waitingForHub]),
        ([.destinationUnreachable(name: "pacs", isHub: false, seconds: 9, waiting: 3)], [], [.ready, .pacsUnreachable]),
        ([.diskNearlyFull(freePercent: 9)], [], [.ready, .diskNearlyFull]),
        ([.diskFull], [], [.ready, .diskNearlyFull, .fault]),
        ([.modelRefused(file: "chest.onnx")], [], [.ready, .needsAttention]),
        ([.objectsRefused(destination: "pacs", count: 2)], [], [.ready, .needsAttention]),
        ([.partOverdue(.inference, seconds: 900)], [], [.fault]),
        ([.clockUntrusted], [], [.ready]),
    ] as [([StageCondition.Trouble], Set<StageCondition.Activity>, Set<BoardState>)])
    func shown(
        troubles: [StageCondition.Trouble], activities: Set<StageCondition.Activity>, expected: Set<BoardState>
    ) {
        let found = states([.intake: [(1, answer(troubles, activities: activities))]], at: 2)
        // With a fault the box is not ready.
        #expect(found == (expected.contains(.fault) ? expected.subtracting([.ready]) : expected))
    }

    @Test("An answer that is no condition is an answer")
    func older() {
        #expect(states([.intake: [(1, .answered(nil))]], at: 2) == [.ready])
    }

    @Test("Without a configuration no stage is missed; with one that cannot be used the box does not work")
    func provisioning() {
        #expect(BoardSituation().states(at: .seconds(500)) == [.notProvisioned])
        #expect(BoardSituation(provisioning: .unusable).states(at: .zero) == [.fault])
        #expect(BoardSituation(provisioning: .usable).states(at: .zero) == [.booting])
    }
}
