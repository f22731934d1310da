/// ONNX Sqrt-13: the square root.
struct Sqrt: PlainFloatFunction {
    static let name = "Sqrt"

    let operand: ValueType

    func value(of x: Float) -> Float { x.squareRoot() }
}
