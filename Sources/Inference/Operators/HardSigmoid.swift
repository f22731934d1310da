/// ONNX HardSigmoid-6: clip(alpha * x + beta, 0, 1).
struct HardSigmoid: FloatFunction {
    static let name = "HardSigmoid"
    static let attributes: Set<String> = ["alpha", "beta"]

    let operand: ValueType
    private let alpha: Float
    private let beta: Float

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        alpha = try context.float("alpha", default: 0.2)
        beta = try context.float("beta", default: 0.5)
    }

    func value(of x: Float) -> Float { max(0, min(1, alpha * x + beta)) }
}
