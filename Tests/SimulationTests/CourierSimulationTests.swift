import Simulation
import Testing

@Suite("Intake and the courier over many lives")
struct CourierSimulationTests {
    static let seeds: Range<UInt64> = 0..<8
    static let lives = 4

    @Test("Each object arrives, once unless something excuses it, whatever crashes and fails", arguments: [
        SpoolSimulation.Faults(), .init(fullDisk: true), .init(failing: [.write, .createFile, .synchronizeFolder]),
        .init(failing: [.synchronizeFile], concerns: { $0.contains("/instances/") }), .init(failing: [.read]),
        .init(failing: [.synchronizeFile], concerns: { $0.contains("/stage.sqlite") }),
        .init(failing: [.synchronizeFile, .synchronizeFolder]),
    ])
    func promises(faults: SpoolSimulation.Faults) {
        var (acknowledged, arrived) = (0, 0)
        for seed in Self.seeds {
            var simulation = CourierSimulation(seed: seed, faults: faults)
            let outcome = simulation.run(lives: Self.lives)
            #expect(outcome.violations == [], "seed \(seed)")
            acknowledged += outcome.acknowledged
            arrived += (outcome.parcels[.delivered] ?? 0) + (outcome.parcels[.committed] ?? 0)
        }
        // Otherwise nothing was put to the test.
        #expect(acknowledged > Self.seeds.count && arrived > acknowledged)
    }

    @Test("What can happen does happen in some run: each end of a parcel, each excuse, releases")
    func coverage() {
        var (resends, states, released) = (Set<ResendExcuse>(), Set<String>(), 0)
        for seed in 0..<40 as Range<UInt64> {
            var simulation = CourierSimulation(seed: seed)
            let outcome = simulation.run(lives: Self.lives)
            resends.formUnion(outcome.resends.keys)
            states.formUnion(outcome.parcels.keys.map(\.rawValue))
            released += outcome.released
        }
        // Rare: outcomes that were written down since the last synchronisation, and then the next one fails.
        let failing = SpoolSimulation.Faults(
            failing: [.synchronizeFile], concerns: { $0.contains("/courier/stage.sqlite") })
        for seed in 0..<400 as Range<UInt64> where !resends.contains(.synchronizationFailed) {
            var simulation = CourierSimulation(seed: seed, faults: failing)
            resends.formUnion(simulation.run(lives: 2).resends.keys)
        }
        #expect(resends == Set(ResendExcuse.allCases))
        #expect(states == ["delivered", "committed", "refused", "held", "quarantined", "dropped", "expired"])
        #expect(released > 0)
    }

    @Test("A bug that is planted is found", arguments: [
        CourierSimulation.PlantedBug.cursorBeforeParcels, .releaseOfAnything, .deliveredBeforeAnswer, .unboundedFlight,
        .expiryByAnyClock,
    ])
    func plantedBug(bug: CourierSimulation.PlantedBug) {
        #expect(caught(plantedBug: bug, expecting: bug.consequence) > 0)
    }

    /// The courier's log as a whole may lose its end without the loss of an object: cursor and parcels go back
    /// together. But what a person was told is forgotten, objects are sent again without need, and a checkpoint may
    /// rely on what is not there.
    @Test("A courier's log that is not synchronised is found")
    func unsynchronizedLog() {
        let faults = SpoolSimulation.Faults(ignoresSynchronize: { $0.hasSuffix("/courier/stage.sqlite-wal") })
        #expect(caught(faults: faults, expecting: "") > 0)
    }

    /// In how many runs a violation that says `text` was seen; stops at the first.
    private func caught(
        faults: SpoolSimulation.Faults = .init(), plantedBug: CourierSimulation.PlantedBug? = nil,
        expecting text: String
    ) -> Int {
        for seed in 0..<40 as Range<UInt64> {
            var simulation = CourierSimulation(seed: seed, faults: faults, plantedBug: plantedBug)
            let violations = simulation.run(lives: Self.lives).violations
            if violations.contains(where: { text.isEmpty || $0.contains(text) }) { return 1 }
        }
        return 0
    }

    @Test("A seed repeats its run", arguments: [1, 2] as [UInt64])
    func determinism(seed: UInt64) {
        var (first, second) = (CourierSimulation(seed: seed), CourierSimulation(seed: seed))
        #expect(first.run(lives: Self.lives) == second.run(lives: Self.lives))
    }
}

extension CourierSimulation.PlantedBug {
    /// What the simulation says of it.
    fileprivate var consequence: String {
        switch self {
        case .cursorBeforeParcels: "has no parcel for"
        case .releaseOfAnything: "is released before"
        case .deliveredBeforeAnswer: "does not have"
        case .unboundedFlight: "are in flight to"
        case .expiryByAnyClock: "before its time"
        }
    }
}
