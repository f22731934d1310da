/// ONNX Constant-13: a constant within the graph. Only the tensor form.
struct Constant: FoldingOperator {
    static let name = "Constant"
    static let attributes: Set<String> = ["value"]

    init(_ context: NodeContext) throws(InferenceError) { throw context.unsupported("a constant without a tensor") }

    static func fold(_ context: NodeContext) throws(InferenceError) -> FoldedConstant? {
        guard case .tensor(let tensor)? = context.node.attributes["value"] else {
            throw context.unsupported("a constant without a tensor")
        }
        return .plain(tensor)
    }

    var resultType: ValueType { ValueType(elementType: .float32, shape: []) }
    func body(_ kernels: KernelSet) -> any StepBody { CopyBody(byteCount: 0) }
}
