/// ONNX Sigmoid-13: 1 / (1 + e^-x). Times x it is SiLU.
struct Sigmoid: PlainFloatFunction {
    static let name = "Sigmoid"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.sigmoid(x) }
}
