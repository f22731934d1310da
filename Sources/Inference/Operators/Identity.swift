/// ONNX Identity-13.
struct Identity: MovingOperator {
    static let name = "Identity"

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) { resultType = try context.type(0) }

    var isPassage: Bool { true }

    func place(ofAxis axis: Int) -> Int? { axis }
    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
