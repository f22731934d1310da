/// ONNX Exp-13: e to the power of x.
struct Exp: PlainFloatFunction {
    static let name = "Exp"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.exponential(x) }
}
