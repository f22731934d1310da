/// ONNX Selu-6: gamma * x, or gamma * alpha * (e^x - 1) where x is not above zero.
struct Selu: FloatFunction {
    static let name = "Selu"
    static let attributes: Set<String> = ["alpha", "gamma"]

    let operand: ValueType
    private let alpha: Float
    private let gamma: Float

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        alpha = try context.float("alpha", default: 1.67326319217681884765625)
        gamma = try context.float("gamma", default: 1.05070102214813232421875)
    }

    func value(of x: Float) -> Float { gamma * (x > 0 ? x : alpha * Mathematics.exponentialMinusOne(x)) }
}
