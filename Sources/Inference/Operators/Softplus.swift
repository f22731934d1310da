/// ONNX Softplus-1: log(1 + e^x).
struct Softplus: PlainFloatFunction {
    static let name = "Softplus"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.softplus(x) }
}
