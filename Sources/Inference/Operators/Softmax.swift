/// ONNX Softmax-13 on float32: e^x over the sum of e^x along an axis.
struct Softmax: SoftmaxOperator {
    static let name = "Softmax"

    let lines: AxisLines
    let resultType: ValueType

    static func finish(_ x: Float, sum: Float) -> Float { Mathematics.exponential(x) / sum }

    /// Along the last axis.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard lines.stride == 1, group.line == nil,
            group.clamp == Quantisation.everything
        else { return nil }
        return SoftmaxBody(rows: resultType.count / lines.extent, columns: lines.extent, group: group)
    }
}
