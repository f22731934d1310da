import Testing
@testable import outpost

@Suite("The progress bar")
struct ProgressBarTests {
    @Test("A bar on a terminal, a line without one elsewhere")
    func forms() {
        let terminal = ProgressBar("intake", unit: "rows", total: 1000, output: .terminal)
        let filled = String(repeating: "#", count: 15) + String(repeating: ".", count: 15)
        #expect(
            terminal.line(500, after: .seconds(2)) == "intake [\(filled)] 50 %  500 of 1000 rows  250/s  2 s left")
        let plain = ProgressBar("intake", unit: "rows", total: 1000, output: .plain)
        #expect(plain.line(500, after: .seconds(2)) == "intake 50 %  500 of 1000 rows  250/s  2 s left")
    }

    @Test("Without a total, at the beginning, at the end and beyond it, nothing breaks", arguments: [
        (0, 0), (0, 7), (1000, 0), (1000, 1000), (1000, 5000), (.max, 1), (.max, .max), (1, .max),
    ] as [(Int64, Int64)], [Duration.zero, .nanoseconds(1), .seconds(1), .seconds(1_000_000)])
    func extremes(numbers: (total: Int64, done: Int64), elapsed: Duration) {
        for output in [ProgressBar.Output.terminal, .plain] {
            let line = ProgressBar("intake", unit: "rows", total: numbers.total, output: output)
                .line(numbers.done, after: elapsed)
            #expect(line.hasPrefix("intake"))
            #expect(line.utf8.count < 160)
            #expect(!line.contains("\n"))
        }
    }

    @Test("Remaining time is said in the unit that suits it", arguments: [
        (Duration.seconds(1), "9 s"), (.seconds(10), "1 min 30 s"), (.seconds(1000), "2 h 30 min"),
    ])
    func remaining(elapsed: Duration, words: String) {
        let bar = ProgressBar("intake", unit: "rows", total: 1000, output: .plain)
        #expect(bar.line(100, after: elapsed).hasSuffix("  \(words) left"))
    }
}
