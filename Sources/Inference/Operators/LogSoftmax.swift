/// ONNX LogSoftmax-13 on float32: the logarithm of Softmax.
struct LogSoftmax: SoftmaxOperator {
    static let name = "LogSoftmax"

    let lines: AxisLines
    let resultType: ValueType

    static func finish(_ x: Float, sum: Float) -> Float { x - Mathematics.logarithm(sum) }
}
