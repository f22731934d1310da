/// ONNX Tanh-13: the hyperbolic tangent.
struct Tanh: PlainFloatFunction {
    static let name = "Tanh"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.hyperbolicTangent(x) }
}
