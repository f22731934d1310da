/// ONNX ConstantOfShape-9: a constant of a constant shape, with one value everywhere; 0 in float32 when none is given.
struct ConstantOfShape: Operator {
    static let name = "ConstantOfShape"
    static let attributes: Set<String> = ["value"]

    private let value: Tensor
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        guard let shape = try context.integers(operand: 0), shape.allSatisfy({ $0 >= 0 }) else {
            throw context.invalid("no shape")
        }
        value = try context.tensor("value") ?? Tensor(shape: [1], [Float(0)])
        guard value.count == 1 else { throw context.invalid("a value of \(value.count) elements") }
        resultType = ValueType(elementType: value.elementType, shape: shape)
    }

    var operands: [Int] { [] }
    func body(_ kernels: KernelSet) -> any StepBody { RepeatBody(value: value, count: resultType.count) }
}

private struct RepeatBody: StepBody {
    let value: Tensor
    let count: Int

    var kernelName: String { "literal" }
    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let bytes = value.bytes.array, output = buffers.output(as: UInt8.self)
        for index in 0..<(count * bytes.count) { output[index] = bytes[index % bytes.count] }
    }
}
