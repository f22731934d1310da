/// ONNX ReduceLogSumExp-18 on float32: log of the sum of e^x along axes, without overflow.
struct ReduceLogSumExp: Operator {
    static let name = "ReduceLogSumExp"
    static let attributes: Set<String> = ["axes", "keepdims", "noop_with_empty_axes"]

    private let reduced: ReducedAxes

    init(_ context: NodeContext) throws(InferenceError) {
        _ = try context.floatType(0)
        reduced = try ReducedAxes(context)
    }

    var resultType: ValueType { reduced.operand.with(shape: reduced.resultShape) }
    var operations: Int { reduced.operand.count }
    func body(_ kernels: KernelSet) -> any StepBody { LogSumExpBody(axes: reduced) }
}

private struct LogSumExpBody: StepBody {
    let axes: ReducedAxes

    var kernelName: String { "reducelogsumexp float32" }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Float.self), output = buffers.output(as: Float.self)
        axes.forEachResult { result, start in
            var largest = -Float.infinity, sum = 0.0
            axes.forEachElement(from: start) { largest = max(largest, input[$0]) }
            guard largest.isFinite else {
                output[result] = largest
                return
            }
            axes.forEachElement(from: start) { sum += Mathematics.exponential(Double(input[$0] - largest)) }
            output[result] = largest + Float(Mathematics.logarithm(sum))
        }
    }
}
