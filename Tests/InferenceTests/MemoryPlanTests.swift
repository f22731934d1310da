@testable import Inference
import TestSupport
import Testing

/// Memory that values share never costs a value: random programs are run on the plan's bytes, and every operand must
/// hold what was put there.
@Suite("Memory plans")
struct MemoryPlanTests {
    @Test("no step reads what another has overwritten, whatever is shared", arguments: 0..<200 as Range<UInt64>)
    func sharing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let program = Program(steps: 25, using: &random)
        let plan = program.plan
        let found = program.run(on: plan)
        #expect(found == nil, "\(found ?? "")")
        for placement in plan.placements { #expect(placement.offset + placement.byteCount <= plan.valueBytes) }
    }

    @Test("a chain in place needs the memory of one value, a concatenation that of its result")
    func savings() {
        var program = Program(inputs: [640])
        let first = program.add(.elementwise, operands: [0], byteCount: 640)
        let second = program.add(.elementwise, operands: [first], byteCount: 640)
        program.keep(second)
        #expect(program.plan.valueBytes == 640)

        program = Program(inputs: [64])
        let left = program.add(.compute, operands: [0], byteCount: 1_000)
        let right = program.add(.compute, operands: [0], byteCount: 1_048)
        let both = program.add(.concatenate(rewritten: [false, false]), operands: [left, right], byteCount: 2_048)
        let more = program.add(.compute, operands: [both], byteCount: 952)
        program.keep(program.add(.concatenate(rewritten: [false, true]), operands: [both, more], byteCount: 3_000))
        #expect(program.plan.valueBytes == 3_008 + 64)
        #expect(program.run(on: program.plan) == nil)
    }

    @Test("more values than fit at once share less than all of them need")
    func reuse() {
        var program = Program(inputs: [1_000])
        var last = 0
        for _ in 0..<20 { last = program.add(.compute, operands: [last], byteCount: 1_000) }
        program.keep(last)
        #expect(program.plan.valueBytes == 2 * 1_024)
    }
}

/// A made-up plan's steps, and what each value's bytes must be.
private struct Program {
    enum Kind {
        case compute
        /// May overwrite any operand of its size.
        case elementwise
        /// The operand's bytes.
        case view
        /// A part of the operand's bytes, from an offset on.
        case slice(offset: Int)
        /// The operands' bytes one after the other; some are changed on the way.
        case concatenate(rewritten: [Bool])
    }

    private struct Step {
        let kind: Kind
        let operands: [Int]
        let result: Int
    }

    private var sizes: [Int]
    private let inputCount: Int
    private var steps: [Step] = []
    private var kept: Set<Int> = []

    init(inputs: [Int]) {
        sizes = inputs
        inputCount = inputs.count
    }

    mutating func add(_ kind: Kind, operands: [Int], byteCount: Int) -> Int {
        sizes.append(byteCount)
        steps.append(Step(kind: kind, operands: operands, result: sizes.count - 1))
        return sizes.count - 1
    }

    /// Makes a value an output.
    mutating func keep(_ value: Int) { kept.insert(value) }

    init(steps count: Int, using random: inout SeededGenerator) {
        self.init(inputs: [Int.random(in: 1...300, using: &random), 128])
        for _ in 0..<count {
            // Mostly the newest values, as in a network.
            func pick() -> Int { max(0, sizes.count - 1 - Int.random(in: 0..<6, using: &random)) }
            let operand = pick()
            switch Int.random(in: 0..<6, using: &random) {
            case 0: _ = add(.view, operands: [operand], byteCount: sizes[operand])
            case 1:
                let offset = Int.random(in: 0..<sizes[operand], using: &random)
                let size = Int.random(in: 1...(sizes[operand] - offset), using: &random)
                _ = add(.slice(offset: offset), operands: [operand], byteCount: size)
            case 2:
                let second = pick()
                let size = min(sizes[operand], sizes[second])
                _ = add(.elementwise, operands: [operand, second], byteCount: size)
            case 3, 4:
                let operands = (0..<Int.random(in: 1...3, using: &random)).map { _ in pick() }
                let rewritten = operands.map { _ in Bool.random(using: &random) }
                let size = operands.reduce(0) { $0 + sizes[$1] }
                guard size < 20_000 else { continue }
                _ = add(.concatenate(rewritten: rewritten), operands: operands, byteCount: size)
            default: _ = add(.compute, operands: [operand], byteCount: Int.random(in: 1...300, using: &random))
            }
            if Int.random(in: 0..<8, using: &random) == 0 { keep(sizes.count - 1) }
        }
    }

    var plan: MemoryPlan {
        let values = sizes.indices.map { value -> MemoryPlan.Value in
            let uses = steps.indices.filter { steps[$0].operands.contains(value) }
            let first = max(0, value - inputCount)
            let last = kept.contains(value) ? steps.count : uses.max() ?? first
            return MemoryPlan.Value(name: "\(value)", byteCount: sizes[value], firstStep: first, lastStep: last)
        }
        let planned = steps.map { step in
            MemoryPlan.Step(sharings: sharings(step), operands: step.operands, results: [step.result])
        }
        return MemoryPlan(values, steps: planned, scratchBytes: 0, constantBytes: 0)
    }

    private func sharings(_ step: Step) -> [MemorySharing] {
        switch step.kind {
        case .compute: []
        case .elementwise: step.operands.indices.map { .inPlace(result: 0, operand: $0) }
        case .view: [.view(result: 0, operand: 0, offset: 0)]
        case .slice(let offset): [.view(result: 0, operand: 0, offset: offset)]
        case .concatenate(let rewritten):
            step.operands.indices.map {
                .part(operand: $0, result: 0, offset: start(of: $0, in: step), isRewritten: rewritten[$0])
            }
        }
    }

    private func start(of operand: Int, in step: Step) -> Int { step.operands[..<operand].reduce(0) { $0 + sizes[$1] } }

    /// Runs every step as its body would, and says which value was lost, if any.
    func run(on plan: MemoryPlan) -> String? {
        var memory = [Int](repeating: -1, count: plan.valueBytes)
        var contents: [[Int]] = [], fresh = 0
        func place(_ value: Int) -> Range<Int> {
            let offset = plan.placements[value].offset
            return offset..<(offset + sizes[value])
        }
        func new(_ count: Int) -> [Int] {
            fresh += count
            return Array((fresh - count)..<fresh)
        }
        for input in 0..<inputCount {
            contents.append(new(sizes[input]))
            memory.replaceSubrange(place(input), with: contents[input])
        }
        for (index, step) in steps.enumerated() {
            for operand in step.operands where Array(memory[place(operand)]) != contents[operand] {
                return "step \(index) found operand \(operand) overwritten"
            }
            let target = place(step.result)
            switch step.kind {
            case .compute, .elementwise:
                contents.append(new(target.count))
                memory.replaceSubrange(target, with: contents[step.result])
            case .view, .slice:
                var start = 0
                if case .slice(let offset) = step.kind { start = offset }
                contents.append(Array(contents[step.operands[0]][start..<(start + target.count)]))
                memory.replaceSubrange(target, with: contents[step.result])
            case .concatenate(let rewritten):
                var result: [Int] = []
                for (position, operand) in step.operands.enumerated() {
                    // Read from memory, not from what it should be: an earlier operand's part may have harmed it.
                    let found = Array(memory[place(operand)])
                    guard found == contents[operand] else { return "step \(index) harmed its operand \(operand)" }
                    let bytes = rewritten[position] ? new(found.count) : found
                    let start = target.lowerBound + result.count
                    memory.replaceSubrange(start..<(start + bytes.count), with: bytes)
                    result += bytes
                }
                contents.append(result)
            }
        }
        for value in kept where Array(memory[place(value)]) != contents[value] { return "output \(value) overwritten" }
        return nil
    }
}
