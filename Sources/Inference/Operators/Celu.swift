/// ONNX Celu-12: max(0, x) + min(0, alpha * (e^(x / alpha) - 1)).
struct Celu: FloatFunction {
    static let name = "Celu"
    static let attributes: Set<String> = ["alpha"]

    let operand: ValueType
    private let alpha: Float

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        alpha = try context.float("alpha", default: 1)
    }

    func value(of x: Float) -> Float { max(0, x) + min(0, alpha * Mathematics.exponentialMinusOne(x / alpha)) }
}
