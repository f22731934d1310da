/// ONNX Flatten-13: the axes before `axis` become one, those from it on another.
struct Flatten: Operator {
    static let name = "Flatten"
    static let attributes: Set<String> = ["axis"]

    private let inputType: ValueType
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.value(0)
        let rank = inputType.shape.count
        var axis = try context.integer("axis", default: 1)
        if axis < 0, axis >= -rank { axis += rank }
        guard (0...rank).contains(axis) else { throw context.invalid("axis \(axis) of \(rank)") }
        let outer = inputType.shape[..<axis].reduce(1, *), inner = inputType.shape[axis...].reduce(1, *)
        resultType = inputType.with(shape: [outer, inner])
    }

    func body(_ kernels: KernelSet) -> any StepBody { ReshapeBody(from: inputType, to: resultType) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.isUniform, group.clamp == Quantisation.everything else { return nil }
        return ReshapeBody(from: quantisedType(inputType), to: quantisedType(resultType))
    }
}
