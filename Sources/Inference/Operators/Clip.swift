/// ONNX Clip-13 on float32: min(max(x, low), high), with constant bounds.
struct Clip: Operator {
    static let name = "Clip"

    let resultType: ValueType
    private let limits: ClosedRange<Float>

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatType(0)
        let low = try context.float(operand: 1) ?? -Float.infinity
        let high = try context.float(operand: 2) ?? Float.infinity
        guard low <= high else { throw context.invalid("a lower bound above the upper one") }
        limits = low...high
    }

    var clamp: ClosedRange<Float>? { limits }

    func body(_ kernels: KernelSet) -> any StepBody { ClampBody(count: resultType.count, limits: limits) }
}
