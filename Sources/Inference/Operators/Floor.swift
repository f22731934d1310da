/// ONNX Floor-13: the largest integer not above x.
struct Floor: PlainFloatFunction {
    static let name = "Floor"

    let operand: ValueType

    func value(of x: Float) -> Float { x.rounded(.down) }
}
