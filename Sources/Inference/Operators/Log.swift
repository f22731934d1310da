/// ONNX Log-13: the natural logarithm.
struct Log: PlainFloatFunction {
    static let name = "Log"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.logarithm(x) }
}
