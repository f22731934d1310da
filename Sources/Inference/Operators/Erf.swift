/// ONNX Erf-13: the error function. PyTorch writes GELU with it.
struct Erf: PlainFloatFunction {
    static let name = "Erf"

    let operand: ValueType

    func value(of x: Float) -> Float { Mathematics.errorFunction(x) }
}
