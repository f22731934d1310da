/// ONNX Mish-18: x * tanh(softplus(x)).
struct Mish: PlainFloatFunction {
    static let name = "Mish"

    let operand: ValueType

    func value(of x: Float) -> Float { x * Mathematics.hyperbolicTangent(Mathematics.softplus(x)) }
}
