import Simulation
import Testing

/// `make soak` runs as many seeds as one likes; these are run every time.
@Suite("A thousand seeds over both simulations")
struct SoakTests {
    static let seedsAtOnce: UInt64 = 50

    @Test("Nothing that was promised is broken", arguments: 0..<20 as Range<UInt64>)
    func seeds(block: UInt64) {
        for seed in block * Self.seedsAtOnce..<(block + 1) * Self.seedsAtOnce {
            #expect(Soak.violations(seed: seed) == [], "make soak FIRST=\(seed) SEEDS=1")
        }
    }
}
