/// ONNX Neg-13 on float32: -x.
struct Neg: PlainFloatFunction {
    static let name = "Neg"

    let operand: ValueType

    func value(of x: Float) -> Float { -x }
}
