/// ONNX Tile-13: a value repeated along its axes a constant number of times.
struct Tile: MovingOperator {
    static let name = "Tile"

    private let inputShape: [Int]
    private let repeats: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0)
        guard let repeats = try context.integers(operand: 1), repeats.count == input.shape.count,
            repeats.allSatisfy({ (0...WindowAxis.largest).contains($0) })
        else { throw context.invalid("no sensible number of repeats for each axis") }
        inputShape = input.shape
        self.repeats = repeats
        resultType = input.with(shape: zip(input.shape, repeats).map { $0 * $1 })
    }

    func movement(elementBytes: Int) -> any StepBody {
        // Each axis becomes two: which repeat, and the place within it.
        let shape = zip(repeats, inputShape).flatMap { [$0, $1] }
        let move = Move(
            shape: shape, from: rowMajorStrides(of: inputShape).flatMap { [0, $0] }, to: rowMajorStrides(of: shape))
        return MoveBody(kernelName: "tile", elementBytes: elementBytes, moves: [move])
    }
}
