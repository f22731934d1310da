/// ONNX Constant-13: a constant within the graph, as a tensor, a number, or a list of numbers.
struct Constant: Operator {
    static let name = "Constant"
    static let attributes: Set<String> = ["value", "value_float", "value_floats", "value_int", "value_ints"]

    private let tensor: Tensor
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        guard let attribute = context.node.attributes.first, context.node.attributes.count == 1 else {
            throw context.invalid("other than one value")
        }
        switch attribute.value {
        case .tensor(let tensor): self.tensor = tensor
        case .float(let value): tensor = Tensor(shape: [], [value])
        case .floats(let values): tensor = Tensor(shape: [values.count], values)
        case .integer(let value): tensor = Tensor(shape: [], [Int64(value)])
        case .integers(let values): tensor = Tensor(shape: [values.count], values.map { Int64($0) })
        case .text, .other: throw context.invalid("the attribute \(attribute.key) is of the wrong kind")
        }
        resultType = ValueType(tensor)
    }

    var operands: [Int] { [] }
    func body(_ kernels: KernelSet) -> any StepBody { LiteralBody(tensor: tensor) }
}
