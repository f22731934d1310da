/// ONNX HardSwish-14: x * clip(x / 6 + 1/2, 0, 1).
struct HardSwish: PlainFloatFunction {
    static let name = "HardSwish"

    let operand: ValueType

    func value(of x: Float) -> Float { x * max(0, min(1, x / 6 + 0.5)) }
}
