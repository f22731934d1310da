import Foundation
import Simulation

/// `outpost-soak [FIRST [SEEDS]]`: runs the simulations with many seeds, one after the other, and says which fail.
/// The same seed repeats its run: `outpost-soak 4711 1`.
@main
enum OutpostSoak {
    private static let seedsPerLine: UInt64 = 100

    static func main() {
        let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) }
        let (first, count) = (numbers.first ?? 0, numbers.dropFirst().first ?? 1000)
        guard numbers.count < 3, let first, let count, !first.addingReportingOverflow(count).overflow else {
            say("usage: outpost-soak [FIRST [SEEDS]], both whole numbers")
            exit(2)
        }
        var failed: [UInt64] = []
        let start = ContinuousClock.now
        for seed in first..<first + count {
            let violations = Soak.violations(seed: seed)
            for violation in violations { say("seed \(seed): \(violation)") }
            if !violations.isEmpty { failed.append(seed) }
            let done = seed - first + 1
            guard done.isMultiple(of: seedsPerLine) || done == count || !violations.isEmpty else { continue }
            say("\(done) of \(count) seeds, \(failed.count) failed, \(ContinuousClock.now - start)")
        }
        guard failed.isEmpty else {
            say("run one again: make soak FIRST=\(failed[0]) SEEDS=1")
            exit(1)
        }
    }

    /// At once, also into a pipe.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
