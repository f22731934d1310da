/// ONNX Reshape-14 with a constant shape: 0 keeps an axis unless `allowzero` says otherwise, one -1 is what remains.
struct Reshape: MovingOperator {
    static let name = "Reshape"
    static let attributes: Set<String> = ["allowzero"]

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let inputType = try context.type(0)
        let keeps = try !context.flag("allowzero")
        guard let target = try context.plainConstant(1)?.integers, target.count <= 8 else {
            throw context.invalid("no shape of at most eight axes")
        }
        var shape: [Int] = []
        for (axis, size) in target.enumerated() {
            guard size >= -1 else { throw context.invalid("a size of \(size)") }
            guard size != 0 || !keeps || axis < inputType.shape.count else {
                throw context.invalid("it keeps an axis that is not there")
            }
            shape.append(size == 0 && keeps ? inputType.shape[axis] : size)
        }
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            guard let known = elementCount(of: shape), known > 0, inputType.count % known == 0 else {
                throw context.invalid("\(inputType.count) elements do not divide into \(describe(shape: target))")
            }
            shape[open] = inputType.count / known
        }
        guard elementCount(of: shape) == inputType.count else {
            throw context.invalid("\(inputType.count) elements do not fill \(describe(shape: target))")
        }
        resultType = inputType.with(shape: shape)
    }

    func movement(elementBytes: Int) -> any StepBody { CopyBody(byteCount: resultType.count * elementBytes) }
}
