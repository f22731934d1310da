/// ONNX Gelu-20: x times the normal distribution's integral up to x, exactly or by its approximation with tanh.
struct Gelu: FloatFunction {
    static let name = "Gelu"
    static let attributes: Set<String> = ["approximate"]

    let operand: ValueType
    private let isApproximate: Bool

    init(_ context: NodeContext) throws(InferenceError) {
        operand = try context.floatType(0)
        switch try context.text("approximate", default: "none") {
        case "none": isApproximate = false
        case "tanh": isApproximate = true
        case let other: throw context.invalid("approximate \(other)")
        }
    }

    func value(of x: Float) -> Float {
        guard isApproximate else { return 0.5 * x * (1 + Mathematics.errorFunction(x * Float(0.5).squareRoot())) }
        let inner = (2 / Float.pi).squareRoot() * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + Mathematics.hyperbolicTangent(inner))
    }
}
