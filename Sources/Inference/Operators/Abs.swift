/// ONNX Abs-13 on float32: |x|.
struct Abs: PlainFloatFunction {
    static let name = "Abs"

    let operand: ValueType

    func value(of x: Float) -> Float { x.magnitude }
}
