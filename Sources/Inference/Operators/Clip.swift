/// ONNX Clip-13 on float32: min(max(x, low), high), with constant bounds.
struct Clip: Operator {
    static let name = "Clip"

    let resultType: ValueType
    private let limits: ClosedRange<Float>

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatValue(0)
        let low = try Self.bound(context, 1) ?? -Float.infinity
        let high = try Self.bound(context, 2) ?? Float.infinity
        guard low <= high else { throw context.invalid("a lower bound above the upper one") }
        limits = low...high
    }

    /// A bound, which quantisers also leave behind a DequantizeLinear.
    private static func bound(_ context: NodeContext, _ index: Int) throws(InferenceError) -> Float? {
        guard let values = try context.constant(index)?.floats else { return nil }
        guard values.count == 1 else { throw context.invalid("a bound of \(values.count) elements") }
        return values[0]
    }

    var clamp: ClosedRange<Float>? { limits }

    func body(_ kernels: KernelSet) -> any StepBody { ClampBody(count: resultType.count, limits: limits) }
}
