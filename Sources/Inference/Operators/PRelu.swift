/// ONNX PRelu-16 on float32: x, or slope * x where x is negative; the slope is broadcast to x.
struct PRelu: ElementwiseOperator {
    static let name = "PRelu"

    private let broadcast: Broadcast
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        broadcast = try Broadcast(context, counts: 2...2, types: [.float32])
        resultType = broadcast.operands[0]
        guard broadcast.shape == resultType.shape else { throw context.invalid("a slope larger than its operand") }
    }

    var operands: [Int] { [0, 1] }

    func body(_ kernels: KernelSet) -> any StepBody {
        CombiningBody<Float>("prelu", broadcast) { x, slope in x < 0 ? slope * x : x }
    }
}
