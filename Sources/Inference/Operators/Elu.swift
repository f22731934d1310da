/// ONNX Elu-6: x, or alpha * (e^x - 1) where x is negative.
struct Elu: FloatFunction {
    static let name = "Elu"
    static let attributes: Set<String> = ["alpha"]

    let operand: ValueType
    private let alpha: Float

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        alpha = try context.float("alpha", default: 1)
    }

    func value(of x: Float) -> Float { x < 0 ? alpha * Mathematics.exponentialMinusOne(x) : x }
}
