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

    @Test("a plan runs on many threads at once with one result")
    func concurrency() async throws {
        let plan = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let image = Tensor(shape: [1, 1, 8, 8], (0..<64).map { Float($0) / 16 })
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
