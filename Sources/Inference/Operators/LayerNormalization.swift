/// ONNX LayerNormalization-17 on float32: the elements of the axes from one on brought to mean 0 and variance 1, then
/// scaled and moved. The further results are the mean and the inverse of the deviation.
struct LayerNormalization: Operator {
    static let name = "LayerNormalization"
    static let attributes: Set<String> = ["axis", "epsilon", "stash_type"]

    private let axis: Int
    private let epsilon: Float
    let operands: [Int]
    let resultType: ValueType
    let resultTypes: [ValueType]

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatType(0)
        let shape = resultType.shape
        axis = try context.axis(try context.integer("axis", default: -1), rank: shape.count)
        epsilon = try context.float("epsilon", default: 1e-5)
        guard try context.integer("stash_type", default: 1) == 1 else { throw context.unsupported("stash_type") }
        guard resultType.count > 0 else { throw context.invalid("a value without elements") }
        operands = context.has(2) ? [0, 1, 2] : [0, 1]
        let statistics = resultType.with(shape: shape[..<axis] + shape[axis...].map { _ in 1 })
        resultTypes = Array([resultType, statistics, statistics].prefix(context.node.outputs.count))
        for index in operands.dropFirst() where try context.floatType(index).shape != Array(shape[axis...]) {
            throw context.unsupported("operand \(index) that has to be broadcast")
        }
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        let length = resultType.shape[axis...].reduce(1, *)
        return NormalisationBody(
            kernelName: "layernormalization float32", rowLength: length, rows: resultType.count / length, repeats: 1,
            entries: length, epsilon: Double(epsilon), hasBias: operands.count == 3)
    }
}
