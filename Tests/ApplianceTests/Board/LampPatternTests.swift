import Testing

@testable import Appliance

@Suite("Lamp patterns")
struct LampPatternTests {
    /// Lit or dark, step by step.
    private func steps(_ pattern: LampPattern) -> [Bool] {
        (0..<LampPattern.steps).map { pattern.isLit(after: LampPattern.step * $0) }
    }

    /// Where the lamp goes on, in a cycle that repeats.
    private func rises(_ steps: [Bool]) -> [Int] {
        steps.indices.filter { steps[$0] && !steps[($0 + steps.count - 1) % steps.count] }
    }

    @Test("What is lit is what is drawn, for ever", arguments: LampPattern.allCases)
    func drawn(pattern: LampPattern) {
        #expect(pattern.drawing.unicodeScalars.count == LampPattern.steps)
        #expect(pattern.drawing.unicodeScalars.allSatisfy { $0 == "●" || $0 == "○" })
        let cycle = LampPattern.step * LampPattern.steps
        #expect(cycle == .seconds(2))
        // In a box that has been on for ten years, too.
        for begin in [Duration.zero, cycle * 7, cycle * 157_680_000] {
            for (index, dot) in pattern.drawing.unicodeScalars.enumerated() {
                for part in [Duration.zero, .milliseconds(60), .milliseconds(124)] {
                    #expect(pattern.isLit(after: begin + LampPattern.step * index + part) == (dot == "●"))
                }
            }
        }
        #expect(!pattern.isLit(after: .milliseconds(-1)))
    }

    @Test("No two are the same, whenever one begins to look")
    func distinct() {
        for one in LampPattern.allCases {
            for other in LampPattern.allCases where other != one {
                let rotations = (0..<LampPattern.steps).map { shift in
                    Array(steps(other)[shift...] + steps(other)[..<shift])
                }
                #expect(!rotations.contains(steps(one)), "\(one) and \(other)")
            }
        }
    }

    @Test("None flashes more than three times in any second", arguments: LampPattern.allCases)
    func harmless(pattern: LampPattern) {
        let rises = rises(steps(pattern))
        for begin in 0..<LampPattern.steps {
            #expect(rises.count { ($0 - begin + LampPattern.steps) % LampPattern.steps < 8 } <= 3)
        }
    }

    @Test("The blinking ones keep to the rates of IEC 60601-1-8")
    func rates() {
        let perSecond = { (pattern: LampPattern) in Double(rises(steps(pattern)).count) / 2 }
        #expect((1.4...2.8).contains(perSecond(.fastBlink)))
        #expect((0.4...0.8).contains(perSecond(.slowBlink)))
        for pattern in [LampPattern.fastBlink, .slowBlink] {
            let share = Double(steps(pattern).count { $0 }) / Double(LampPattern.steps)
            #expect((0.2...0.6).contains(share))
        }
    }
}
