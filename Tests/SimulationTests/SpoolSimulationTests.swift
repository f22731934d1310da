import Simulation
import Testing

@Suite("Intake's spool over many lives")
struct SpoolSimulationTests {
    static let seeds: Range<UInt64> = 0..<8
    static let lives = 6

    @Test("What was acknowledged outlives losses of power, ends of the process and faults", arguments: [
        SpoolSimulation.Faults(), .init(fullDisk: true), .init(failing: [.write, .createFile, .synchronizeFolder]),
        .init(failing: [.synchronizeFile], concerns: { $0.contains("/instances/") }),
        .init(failing: [.synchronizeFile]),
        .init(failing: StorageOperation.allCases.filter(\.isMutating), fullDisk: true),
    ])
    func promises(faults: SpoolSimulation.Faults) {
        var acknowledged = 0
        for seed in Self.seeds {
            var simulation = SpoolSimulation(seed: seed, faults: faults)
            let outcome = simulation.run(lives: Self.lives)
            #expect(outcome.violations == [], "seed \(seed)")
            acknowledged += outcome.acknowledged
        }
        // Otherwise nothing was put to the test.
        #expect(acknowledged > Self.seeds.count)
    }

    @Test("A spool that does not synchronise is caught", arguments: ["/instances/", "-wal"])
    func plantedBug(path: String) {
        let faults = SpoolSimulation.Faults(ignoresSynchronize: { $0.contains(path) })
        var caught = 0
        for seed in Self.seeds {
            var simulation = SpoolSimulation(seed: seed, faults: faults)
            if !simulation.run(lives: Self.lives).violations.isEmpty { caught += 1 }
        }
        #expect(caught > 0)
    }

    @Test("A seed repeats its run", arguments: [1, 2] as [UInt64])
    func determinism(seed: UInt64) {
        var (first, second) = (SpoolSimulation(seed: seed), SpoolSimulation(seed: seed))
        #expect(first.run(lives: Self.lives) == second.run(lives: Self.lives))
    }
}
