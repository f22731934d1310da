/// ONNX Split-13 and -18: a value cut along an axis, into parts of given sizes or into equal ones.
struct Split: MovingOperator {
    static let name = "Split"
    static let attributes: Set<String> = ["axis", "num_outputs"]

    private let inputShape: [Int]
    private let axis: Int
    let resultTypes: [ValueType]

    var resultType: ValueType { resultTypes[0] }

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0), count = context.node.outputs.count
        let axis = try context.axis(try context.integer("axis", default: 0), rank: input.shape.count)
        guard try context.integer("num_outputs", default: count) == count, count > 0 else {
            throw context.invalid("\(count) results where num_outputs says otherwise")
        }
        let extent = input.shape[axis]
        // A part that does not come out even is the last.
        let part = (extent + count - 1) / count
        let equal = (0..<count).map { max(0, min(part, extent - $0 * part)) }
        let sizes = try context.integers(operand: 1) ?? equal
        guard sizes.count == count, sizes.allSatisfy({ (0...extent).contains($0) }), sizes.reduce(0, +) == extent else {
            throw context.invalid("\(extent) entries do not split into \(describe(shape: sizes))")
        }
        self.axis = axis
        inputShape = input.shape
        resultTypes = sizes.map { size in
            var shape = input.shape
            shape[axis] = size
            return input.with(shape: shape)
        }
    }

    var operations: Int { inputShape.reduce(1, *) }

    /// One result alone.
    func quantisedBody(_ group: QuantisedGroup, result: Int) -> (any StepBody)? {
        guard group.isUniform, group.clamp == Quantisation.everything else { return nil }
        var starts = [Int](repeating: 0, count: inputShape.count)
        starts[axis] = resultTypes[..<result].reduce(0) { $0 + $1.shape[axis] }
        if let from = ImageShape(group.inputTypes[0]), let to = ImageShape(group.outputType), from.isBlocked, axis > 0 {
            return CropBody(
                from: from, to: to, channel: starts[1], row: starts[2], column: starts[3], kernels: group.kernels)
        }
        let strides = rowMajorStrides(of: inputShape), shape = resultTypes[result].shape
        let move = Move(
            shape: shape, from: strides, inputOffset: starts[axis] * strides[axis], to: rowMajorStrides(of: shape))
        return MoveBody(kernelName: "split", elementBytes: 1, moves: [move])
    }

    func movement(elementBytes: Int) -> any StepBody {
        let strides = rowMajorStrides(of: inputShape)
        var moves: [Move] = [], place = 0
        for (output, type) in resultTypes.enumerated() {
            moves.append(
                Move(
                    shape: type.shape, from: strides, inputOffset: place * strides[axis],
                    to: rowMajorStrides(of: type.shape), output: output))
            place += type.shape[axis]
        }
        return MoveBody(kernelName: "split", elementBytes: elementBytes, moves: moves)
    }
}
