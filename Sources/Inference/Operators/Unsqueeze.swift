/// ONNX Unsqueeze-13: with further axes of one entry at the given places of the result.
struct Unsqueeze: MovingOperator {
    static let name = "Unsqueeze"

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0)
        guard let listed = try context.integers(operand: 1) else { throw context.invalid("no axes") }
        let rank = input.shape.count + listed.count, axes = try context.axes(listed, rank: rank)
        var sizes = input.shape[...]
        resultType = input.with(shape: (0..<rank).map { axes.contains($0) ? 1 : sizes.popFirst() ?? 1 })
    }

    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
