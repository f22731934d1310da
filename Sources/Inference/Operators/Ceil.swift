/// ONNX Ceil-13: the smallest integer not below x.
struct Ceil: PlainFloatFunction {
    static let name = "Ceil"

    let operand: ValueType

    func value(of x: Float) -> Float { x.rounded(.up) }
}
