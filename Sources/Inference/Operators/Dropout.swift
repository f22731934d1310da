/// ONNX Dropout-13 when a model is used, not trained: the operand as it is. The second result, the mask, is not made.
struct Dropout: MovingOperator {
    static let name = "Dropout"
    static let attributes: Set<String> = ["seed"]

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.type(0)
        guard try context.plainConstant(2)?.elements(as: Bool.self)?.contains(true) != true else {
            throw context.unsupported("training_mode")
        }
    }

    var isPassage: Bool { true }

    func place(ofAxis axis: Int) -> Int? { axis }
    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
