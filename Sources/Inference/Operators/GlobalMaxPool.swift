/// ONNX GlobalMaxPool-1: the largest element of each channel, `[N, C, 1, 1]` for images.
struct GlobalMaxPool: Operator {
    static let name = "GlobalMaxPool"

    private let reduced: ReducedAxes

    init(_ context: NodeContext) throws(InferenceError) {
        let operand = try context.floatType(0)
        guard operand.shape.count > 2, operand.count > 0 else { throw context.invalid("a value without places") }
        reduced = ReducedAxes(operand, axes: Array(2..<operand.shape.count), keepsAxes: true)
    }

    var resultType: ValueType { reduced.operand.with(shape: reduced.resultShape) }
    var operations: Int { reduced.operand.count }
    func body(_ kernels: KernelSet) -> any StepBody { ReducingBody<ReduceMax, Float>(axes: reduced) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.isUniform, let input = ImageShape(group.inputTypes[0]), let output = ImageShape(group.outputType),
            input.isBlocked
        else { return nil }
        let window = Window(coveringRows: input.rows, columns: input.columns)
        return MaxPoolBody(
            window: window.kernel, input: input, output: output, range: group.range, kernels: group.kernels)
    }
}
