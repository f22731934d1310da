/// ONNX Size-13: the number of elements of a value, as int64. Known while loading.
struct Size: Operator {
    static let name = "Size"

    private let tensor: Tensor

    init(_ context: NodeContext) throws(InferenceError) {
        tensor = Tensor(shape: [], [Int64(try context.type(0).count)])
    }

    var resultType: ValueType { ValueType(tensor) }
    var operands: [Int] { [] }
    func body(_ kernels: KernelSet) -> any StepBody { LiteralBody(tensor: tensor) }
}
