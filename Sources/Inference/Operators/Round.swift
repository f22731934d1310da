/// ONNX Round-11: the nearest integer, of two the even one.
struct Round: PlainFloatFunction {
    static let name = "Round"

    let operand: ValueType

    func value(of x: Float) -> Float { x.rounded(.toNearestOrEven) }
}
