/// ONNX Flatten-13: the axes before `axis` become one, those from it on another.
struct Flatten: MovingOperator {
    static let name = "Flatten"
    static let attributes: Set<String> = ["axis"]

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let inputType = try context.type(0)
        let rank = inputType.shape.count
        var axis = try context.integer("axis", default: 1)
        if axis < 0, axis >= -rank { axis += rank }
        guard (0...rank).contains(axis) else { throw context.invalid("axis \(axis) of \(rank)") }
        let outer = inputType.shape[..<axis].reduce(1, *), inner = inputType.shape[axis...].reduce(1, *)
        resultType = inputType.with(shape: [outer, inner])
    }

    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
