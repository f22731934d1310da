/// ONNX Expand-13: a value broadcast together with a constant shape.
struct Expand: MovingOperator {
    static let name = "Expand"

    private let inputShape: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0)
        guard let target = try context.integers(operand: 1), target.allSatisfy({ $0 >= 0 }),
            let shape = broadcastShape(of: [input.shape, target])
        else { throw context.invalid("a shape that \(describe(shape: input.shape)) does not broadcast to") }
        inputShape = input.shape
        resultType = input.with(shape: shape)
    }

    func movement(elementBytes: Int) -> any StepBody {
        let move = Move(
            shape: resultType.shape, from: broadcastStrides(of: inputShape, to: resultType.shape),
            to: rowMajorStrides(of: resultType.shape))
        return MoveBody(kernelName: "expand", elementBytes: elementBytes, moves: [move])
    }
}
