/// ONNX Gather-13: entries of a value along an axis, by int32 or int64 indices; negative ones count from the end. A
/// constant index outside refuses the model; one that a run computes is moved to the nearest entry.
struct Gather: MovingOperator {
    static let name = "Gather"
    static let attributes: Set<String> = ["axis"]

    private let inputShape: [Int]
    private let axis: Int
    private let indexType: ValueType
    /// Where the indices are constants.
    private let indices: [Int]?
    let operands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0)
        indexType = try context.type(1)
        guard indexType.elementType == .int64 || indexType.elementType == .int32 else {
            throw context.invalid("indices of type \(indexType.elementType.name)")
        }
        axis = try context.axis(try context.integer("axis", default: 0), rank: input.shape.count)
        inputShape = input.shape
        let extent = input.shape[axis]
        indices = context.isConstant(1) ? try context.integers(operand: 1) : nil
        guard indices?.allSatisfy({ (-extent..<extent).contains($0) }) ?? (extent > 0) else {
            throw context.invalid("an index outside the \(extent) entries of axis \(axis)")
        }
        operands = indices == nil ? [0, 1] : [0]
        var shape = input.shape
        shape.replaceSubrange(axis...axis, with: indexType.shape)
        resultType = input.with(shape: shape)
    }

    func movement(elementBytes: Int) -> any StepBody {
        let gathering = Gathering(
            outer: inputShape[..<axis].reduce(1, *), extent: inputShape[axis],
            innerBytes: inputShape[(axis + 1)...].reduce(elementBytes, *))
        if let indices { return ConstantGatherBody(gathering: gathering, indices: indices) }
        return indexType.elementType == .int32
            ? GatherBody<Int32>(gathering: gathering, count: indexType.count)
            : GatherBody<Int64>(gathering: gathering, count: indexType.count)
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard indices != nil, group.isUniform, group.clamp == Quantisation.everything else { return nil }
        return movement(elementBytes: 1)
    }
}

private struct Gathering: Sendable {
    let outer: Int
    let extent: Int
    let innerBytes: Int

    func run(_ buffers: StepBuffers, count: Int, _ index: (Int) -> Int) {
        for block in 0..<outer {
            for entry in 0..<count {
                let place = index(entry), wanted = place < 0 ? place + extent : place
                let found = min(max(wanted, 0), extent - 1)
                (buffers.outputs[0] + (block * count + entry) * innerBytes)
                    .copyMemory(from: buffers.inputs[0] + (block * extent + found) * innerBytes, byteCount: innerBytes)
            }
        }
    }
}

private struct ConstantGatherBody: StepBody {
    let gathering: Gathering
    let indices: [Int]

    var kernelName: String { "gather" }
    var form: BufferForm { .rowMajor }
    var constantBytes: Int { 8 * indices.count }

    func run(_ buffers: StepBuffers) { gathering.run(buffers, count: indices.count) { indices[$0] } }
}

private struct GatherBody<Index: TensorElement & FixedWidthInteger>: StepBody {
    let gathering: Gathering
    let count: Int

    var kernelName: String { "gather" }
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        let indices = buffers.input(1, as: Index.self)
        gathering.run(buffers, count: count) { Int(clamping: indices[$0]) }
    }
}
