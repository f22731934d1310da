/// ONNX Shape-15: the sizes of a value, or some of them, as int64. Known while loading.
struct Shape: Operator {
    static let name = "Shape"
    static let attributes: Set<String> = ["start", "end"]

    private let tensor: Tensor

    init(_ context: NodeContext) throws(InferenceError) {
        let shape = try context.type(0).shape, rank = shape.count
        func place(_ axis: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }
        let start = place(try context.integer("start", default: 0))
        let end = place(try context.integer("end", default: rank))
        let sizes = shape[start..<max(start, end)].map { Int64($0) }
        tensor = Tensor(shape: [sizes.count], sizes)
    }

    var resultType: ValueType { ValueType(tensor) }
    var operands: [Int] { [] }
    func body(_ kernels: KernelSet) -> any StepBody { LiteralBody(tensor: tensor) }
}
