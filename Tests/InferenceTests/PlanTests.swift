@testable import Inference
import Foundation
import Testing

/// What a plan says about itself, and its memory.
@Suite("Plans")
struct PlanTests {
    @Test("values alive at the same time never share memory, others may")
    func memory() {
        let values = (0..<40).map { index in
            MemoryPlan.Value(
                name: "\(index)", byteCount: 1 + index * 37 % 300, firstStep: index,
                lastStep: index + 1 + index * 7 % 5)
        }
        let plan = MemoryPlan(values, scratchBytes: 100, constantBytes: 0)
        for (index, a) in plan.placements.enumerated() {
            #expect(a.offset % MemoryPlan.alignmentBytes == 0)
            #expect(a.offset + a.byteCount <= plan.valueBytes)
            for b in plan.placements[(index + 1)...] where a.firstStep <= b.lastStep && b.firstStep <= a.lastStep {
                #expect(a.offset + a.byteCount <= b.offset || b.offset + b.byteCount <= a.offset)
            }
        }
        #expect(plan.valueBytes < values.reduce(0) { $0 + $1.byteCount + MemoryPlan.alignmentBytes })
    }

    @Test("an inspection reads well and survives JSON")
    func inspection() throws {
        let model = try Model(contentsOf: ModelWriter.sound.bytes)
        let inspection = ModelInspection(model, try ExecutionPlan(model))
        #expect(inspection.operators["DequantizeLinear"] == 3)
        #expect(inspection.description.contains("Conv+Relu+QuantizeLinear"))
        let json = try JSONEncoder().encode(inspection)
        #expect(try JSONDecoder().decode(ModelInspection.self, from: json) == inspection)
    }

    private static let image = Tensor(shape: [1, 1, 8, 8], (0..<64).map { (index: Int) -> Float in Float(index) / 16 })

    /// The sound model with nodes put in before its last QuantizeLinear, which reads `end` then.
    private static func sound(with nodes: [ModelWriter.Node], end: String) -> ModelWriter {
        var model = ModelWriter.sound
        model.nodes[5].inputs[0] = end
        model.nodes.insert(contentsOf: nodes, at: 5)
        return model
    }

    @Test("what only passes a value on is no step and keeps nothing from being fused")
    func passages() throws {
        let plain = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let model = Self.sound(
            with: [
                .init(operatorName: "Identity", inputs: ["r"], output: "i"),
                .init(operatorName: "Cast", inputs: ["i"], output: "same", attributes: ["to": .integer(1)]),
                .init(operatorName: "Dropout", inputs: ["same"], output: "d"),
            ], end: "d")
        let plan = try ExecutionPlan(Model(contentsOf: model.bytes))
        #expect(plan.nodes.map(\.operators) == plain.nodes.map(\.operators))
        #expect(try plan.run(["x": Self.image]) == plain.run(["x": Self.image]))
        // An output keeps its name.
        var named = model
        named.output = "d"
        #expect(try ExecutionPlan(Model(contentsOf: named.bytes)).run(["x": Self.image]).keys.sorted() == ["d"])
    }

    @Test("a Clip of quantised values belongs to the step before it", arguments: [-128, -20, 3], [40, 127])
    func clippedValues(low: Int, high: Int) throws {
        let sound = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let plain = try #require(try sound.run(["x": Self.image])["y"])
        var model = ModelWriter.sound
        model.initialisers += [
            ("low", 3, [], [UInt8(bitPattern: Int8(low))]), ("high", 3, [], [UInt8(bitPattern: Int8(high))]),
        ]
        model.nodes[6].inputs[0] = "clipped"
        model.nodes.insert(.init(operatorName: "Clip", inputs: ["rq", "low", "high"], output: "clipped"), at: 6)
        let plan = try ExecutionPlan(Model(contentsOf: model.bytes))
        #expect(plan.nodes.map(\.operators.last) == ["QuantizeLinear", "Clip", "DequantizeLinear"])
        let expected = try #require(plain.floats).map { value in
            min(max(value, Float(low - 3) * 0.05), Float(high - 3) * 0.05)
        }
        #expect(try plan.run(["x": Self.image])["y"]?.floats == expected)
        // Where something else wants the values before, both are there.
        model.output = "sum"
        model.nodes += [
            .init(operatorName: "DequantizeLinear", inputs: ["rq", "scale", "zero"], output: "before"),
            .init(operatorName: "Sub", inputs: ["before", "y"], output: "sum"),
        ]
        let both = try ExecutionPlan(Model(contentsOf: model.bytes)).run(["x": Self.image])["sum"]?.floats
        #expect(both == zip(try #require(plain.floats), expected).map { $0 - $1 })
    }

    @Test("a plan runs on many threads at once with one result")
    func concurrency() async throws {
        let plan = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let image = Self.image
        let expected = try plan.run(["x": image])
        try await withThrowingTaskGroup(of: [String: Tensor].self) { group in
            for _ in 0..<16 { group.addTask { try plan.run(["x": image]) } }
            for try await outputs in group { #expect(outputs == expected) }
        }
    }

    @Test("kernel sets go by name")
    func kernels() throws {
        #expect(KernelSet.available.first == "scalar")
        #expect(throws: InferenceError.unknownKernels(name: "abacus", available: KernelSet.available)) {
            try KernelSet.named("abacus")
        }
    }
}
