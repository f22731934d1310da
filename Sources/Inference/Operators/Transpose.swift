/// ONNX Transpose-13: the axes in another order, reversed when none is given.
struct Transpose: MovingOperator {
    static let name = "Transpose"
    static let attributes: Set<String> = ["perm"]

    private let inputShape: [Int]
    private let order: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0), rank = input.shape.count
        let order = try context.integers("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank) else { throw context.invalid("perm \(order) for \(rank) axes") }
        self.order = order
        inputShape = input.shape
        resultType = input.with(shape: order.map { input.shape[$0] })
    }

    func place(ofAxis axis: Int) -> Int? { order.firstIndex(of: axis) }

    func movement(elementBytes: Int) -> any StepBody {
        let strides = rowMajorStrides(of: inputShape)
        let move = Move(
            shape: resultType.shape, from: order.map { strides[$0] }, to: rowMajorStrides(of: resultType.shape))
        return MoveBody(kernelName: "transpose", elementBytes: elementBytes, moves: [move])
    }
}
