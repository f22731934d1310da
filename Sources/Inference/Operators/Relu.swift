/// ONNX Relu-14 on float32: max(0, x).
struct Relu: ElementwiseOperator {
    static let name = "Relu"

    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) { resultType = try context.floatType(0) }

    var clamp: ClosedRange<Float>? { 0...Float.infinity }

    func body(_ kernels: KernelSet) -> any StepBody { ClampBody(count: resultType.count, limits: 0...Float.infinity) }
}
