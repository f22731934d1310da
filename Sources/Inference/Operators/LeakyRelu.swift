/// ONNX LeakyRelu-16: x, or alpha * x where x is negative.
struct LeakyRelu: FloatFunction {
    static let name = "LeakyRelu"
    static let attributes: Set<String> = ["alpha"]

    let operand: ValueType
    private let alpha: Float

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        alpha = try context.float("alpha", default: 0.01)
    }

    func value(of x: Float) -> Float { x < 0 ? alpha * x : x }
}
