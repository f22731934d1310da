/// ONNX Squeeze-13: without the given axes of one entry, or without all of them.
struct Squeeze: MovingOperator {
    static let name = "Squeeze"

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0), shape = input.shape
        let axes = try context.axes(operand: 1, rank: shape.count) ?? shape.indices.filter { shape[$0] == 1 }
        guard axes.allSatisfy({ shape[$0] == 1 }) else {
            throw context.invalid("axes \(axes) of \(describe(shape: shape)) have more than one entry")
        }
        resultType = input.with(shape: shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
    }

    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
