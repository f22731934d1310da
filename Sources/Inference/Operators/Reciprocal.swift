/// ONNX Reciprocal-13: 1 / x.
struct Reciprocal: PlainFloatFunction {
    static let name = "Reciprocal"

    let operand: ValueType

    func value(of x: Float) -> Float { 1 / x }
}
