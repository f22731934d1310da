import Simulation
import Testing

@Suite("Intake and the courier over many lives")
struct CourierSimulationTests {
    static let seeds: Range<UInt64> = 0..<8
    static let lives = 4

    @Test("Each object arrives, once unless something excuses it, whatever crashes and fails", arguments: [
        SpoolSimulation.Faults(), .init(fullDisk: true), .init(failing: [.write, .createFile, .synchronizeFolder]),
        .init(failing: [.read]),
    ])
    func promises(faults: SpoolSimulation.Faults) {
        var (acknowledged, released, arrived) = (0, 0, 0)
        for seed in Self.seeds {
            var simulation = CourierSimulation(seed: seed, faults: faults)
            let outcome = simulation.run(lives: Self.lives)
            #expect(outcome.violations == [], "seed \(seed)")
            acknowledged += outcome.acknowledged
            released += outcome.released
            arrived += (outcome.parcels[.delivered] ?? 0) + (outcome.parcels[.committed] ?? 0)
            if !outcome.violations.isEmpty { print(seed, outcome.violations.prefix(3)) }
        }
        // Otherwise nothing was put to the test.
        #expect(acknowledged > Self.seeds.count && released > 0 && arrived > acknowledged)
    }
}
