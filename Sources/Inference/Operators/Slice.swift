/// ONNX Slice-13: every step-th entry from a start to before an end, along some axes; steps may be negative.
struct Slice: MovingOperator {
    static let name = "Slice"

    private let inputShape: [Int]
    private let starts: [Int]
    private let steps: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0), rank = input.shape.count
        guard let first = try context.integers(operand: 1), let last = try context.integers(operand: 2),
            first.count == last.count, first.count <= rank
        else { throw context.invalid("other starts than ends") }
        let axes = try context.axes(try context.integers(operand: 3) ?? Array(first.indices), rank: rank)
        let strides = try context.integers(operand: 4) ?? first.map { _ in 1 }
        guard axes.count == first.count, strides.count == first.count, !strides.contains(0) else {
            throw context.invalid("other axes or steps than starts, or a step of 0")
        }
        var starts = [Int](repeating: 0, count: rank), steps = [Int](repeating: 1, count: rank), shape = input.shape
        for (index, axis) in axes.enumerated() {
            let range = Self.range(from: first[index], to: last[index], by: strides[index], of: input.shape[axis])
            (starts[axis], steps[axis], shape[axis]) = range
        }
        inputShape = input.shape
        self.starts = starts
        self.steps = steps
        resultType = input.with(shape: shape)
    }

    /// Negative places count from the end, and those outside are moved to it, as ONNX says; no number of a file
    /// overflows.
    private static func range(
        from start: Int, to end: Int, by step: Int, of extent: Int
    ) -> (start: Int, step: Int, count: Int) {
        func place(_ place: Int, _ limits: ClosedRange<Int>) -> Int {
            min(max(place < 0 ? place.addingReportingOverflow(extent).partialValue : place, limits.lowerBound),
                limits.upperBound)
        }
        guard extent > 0 else { return (0, 1, 0) }
        // A longer step than the axis takes one entry all the same.
        let step = min(max(step, -extent), extent)
        if step > 0 {
            let first = place(start, 0...extent), last = place(end, 0...extent)
            return (first, step, max(0, (last - first + step - 1) / step))
        }
        let first = place(start, 0...(extent - 1)), last = place(end, -1...(extent - 1))
        return (first, step, max(0, (last - first + step + 1) / step))
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.isUniform, group.clamp == Quantisation.everything else { return nil }
        if let from = ImageShape(group.inputTypes[0]), let to = ImageShape(group.outputType), from.isBlocked,
            steps.allSatisfy({ $0 == 1 }), from.images == to.images
        {
            return CropBody(
                from: from, to: to, channel: starts[1], row: starts[2], column: starts[3], kernels: group.kernels)
        }
        return movement(elementBytes: 1)
    }

    func movement(elementBytes: Int) -> any StepBody {
        let strides = rowMajorStrides(of: inputShape)
        let move = Move(
            shape: resultType.shape, from: zip(strides, steps).map { $0 * $1 },
            inputOffset: zip(strides, starts).reduce(0) { $0 + $1.0 * $1.1 }, to: rowMajorStrides(of: resultType.shape))
        return MoveBody(kernelName: "slice", elementBytes: elementBytes, moves: [move])
    }
}
