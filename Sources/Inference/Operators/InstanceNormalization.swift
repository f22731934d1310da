/// ONNX InstanceNormalization-6: each channel of each image brought to mean 0 and variance 1, then scaled and moved.
struct InstanceNormalization: Operator {
    static let name = "InstanceNormalization"
    static let attributes: Set<String> = ["epsilon"]

    private let epsilon: Float
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatType(0)
        epsilon = try context.float("epsilon", default: 1e-5)
        guard resultType.shape.count > 2, resultType.count > 0 else { throw context.invalid("a value without places") }
        for index in 1...2 where try context.floatType(index).shape != [resultType.shape[1]] {
            throw context.invalid("operand \(index) is not one number for each channel")
        }
    }

    var operands: [Int] { [0, 1, 2] }

    func body(_ kernels: KernelSet) -> any StepBody {
        let shape = resultType.shape, places = shape[2...].reduce(1, *)
        return NormalisationBody(
            kernelName: "instancenormalization float32", rowLength: places, rows: shape[0] * shape[1],
            repeats: places, entries: shape[1], epsilon: Double(epsilon), hasBias: true)
    }
}
