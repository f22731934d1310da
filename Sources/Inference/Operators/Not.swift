/// ONNX Not-1 of a bool value.
struct Not: ElementwiseOperator {
    static let name = "Not"

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.type(0)
        guard resultType.elementType == .bool else {
            throw context.invalid("an operand of type \(resultType.elementType.name)")
        }
    }

    func body(_ kernels: KernelSet) -> any StepBody { NotBody(count: resultType.count) }
}

private struct NotBody: StepBody {
    let count: Int

    var kernelName: String { "not" }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Bool.self), output = buffers.output(as: Bool.self)
        for index in 0..<count { output[index] = !input[index] }
    }
}
