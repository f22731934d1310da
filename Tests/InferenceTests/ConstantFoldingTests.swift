@testable import Inference
import Testing

/// What is computed while loading.
@Suite("Constants")
struct ConstantFoldingTests {
    private typealias Node = ModelWriter.Node

    @Test("an output may be an input, an initialiser, or what folds")
    func outputs() throws {
        var model = ModelWriter.node("Identity", on: [3])
        model.initialisers = [("c", 1, [2], ModelWriter.floats([1, 2]))]
        model.nodes = [
            Node(operatorName: "Add", inputs: ["c", "c"], output: "folded"),
            Node(operatorName: "Shape", inputs: ["x"], output: "sizes"),
        ]
        let image = Tensor(shape: [3], [Float(4), 5, 6])
        let expected = [
            "x": image, "c": Tensor(shape: [2], [Float(1), 2]), "folded": Tensor(shape: [2], [Float(2), 4]),
            "sizes": Tensor(shape: [1], [Int64(3)]),
        ]
        for (name, tensor) in expected {
            model.output = name
            let plan = try ExecutionPlan(Model(contentsOf: model.bytes))
            #expect(plan.outputs.map(\.shape) == [tensor.shape])
            #expect(try plan.run(["x": image]) == [name: tensor])
            #expect(plan.nodes.isEmpty)
        }
    }

    /// A dense layer in 8 bits; its weights `[4, 32]` either as Gemm takes them, or behind a transposition.
    private func dense(transposes: Bool, scales: [Float]) -> ModelWriter {
        var model = ModelWriter()
        model.input = ("x", 1, [2, 32])
        let zeros = [UInt8](repeating: 0, count: scales.count)
        model.initialisers = [
            ("scale", 1, [], ModelWriter.floats([0.05])), ("zero", 3, [], [3]),
            ("weights", 3, [4, 32], (0..<128).map { UInt8(bitPattern: Int8($0 - 64)) }),
            ("weight scale", 1, scales.count == 1 ? [] : [scales.count], ModelWriter.floats(scales)),
            ("weight zero", 3, scales.count == 1 ? [] : [scales.count], zeros),
        ]
        model.nodes = [
            Node(
                operatorName: "DequantizeLinear", inputs: ["weights", "weight scale", "weight zero"], output: "w",
                axis: 0),
            Node(operatorName: "QuantizeLinear", inputs: ["x", "scale", "zero"], output: "xq"),
            Node(operatorName: "DequantizeLinear", inputs: ["xq", "scale", "zero"], output: "xd"),
        ]
        if transposes {
            model.nodes.append(Node(operatorName: "Transpose", inputs: ["w"], output: "wt", integers: ["perm": [1, 0]]))
        }
        model.nodes += [
            Node(
                operatorName: "Gemm", inputs: ["xd", transposes ? "wt" : "w"], output: "g",
                attributes: ["transB": .integer(transposes ? 0 : 1)]),
            Node(operatorName: "QuantizeLinear", inputs: ["g", "scale", "zero"], output: "gq"),
            Node(operatorName: "DequantizeLinear", inputs: ["gq", "scale", "zero"], output: "y"),
        ]
        return model
    }

    @Test(
        "weights behind a transposition stay integers with their scales",
        arguments: [[0.01], [0.01, 0.02, 0.03, 0.04]] as [[Float]])
    func transposedWeights(scales: [Float]) throws {
        let straight = try ExecutionPlan(Model(contentsOf: dense(transposes: false, scales: scales).bytes))
        let transposed = try ExecutionPlan(Model(contentsOf: dense(transposes: true, scales: scales).bytes))
        #expect(transposed.nodes.map(\.kernel) == straight.nodes.map(\.kernel))
        #expect(transposed.nodes.contains { $0.operators.contains("Gemm") && $0.kernel.contains("_i8") })
        let input = Tensor(shape: [2, 32], (0..<64).map { Float($0 % 13) / 5 - 1 })
        let outputs = try transposed.run(["x": input])
        #expect(try straight.run(["x": input]) == outputs)
        #expect(Set(outputs["y"]?.floats ?? []).count > 2)
    }
}
