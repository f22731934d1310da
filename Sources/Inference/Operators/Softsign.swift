/// ONNX Softsign-1: x / (1 + |x|).
struct Softsign: PlainFloatFunction {
    static let name = "Softsign"

    let operand: ValueType

    func value(of x: Float) -> Float { x / (1 + x.magnitude) }
}
