/// An operator that gives elements new places and leaves them as they are: one body for every type, so that 8-bit
/// values pass without being dequantised.
protocol MovingOperator: Operator {
    /// - Parameter elementBytes: 1, 2, 4 or 8.
    func movement(elementBytes: Int) -> any StepBody
    /// Where an axis of operand 0 is in the result, or nil where it is torn apart.
    func place(ofAxis axis: Int) -> Int?
    /// Whether the result has no element but the operands'.
    var addsNothing: Bool { get }
}

extension MovingOperator {
    var addsNothing: Bool { true }
    func place(ofAxis axis: Int) -> Int? { nil }

    func body(_ kernels: KernelSet) -> any StepBody {
        movement(elementBytes: resultType.elementType.byteCount)
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.inputs.count == operands.count, group.isUniform, group.clamp == Quantisation.everything else {
            return nil
        }
        return movement(elementBytes: 1)
    }
}

/// Gives a value another shape: row-major, it holds the same bytes.
struct CopyBody: StepBody {
    private let view: ViewBody

    init(byteCount: Int) { view = ViewBody(byteCount: byteCount) }

    var kernelName: String { view.kernelName }
    var form: BufferForm { .rowMajor }
    var sharing: [MemorySharing] { view.sharing }

    func run(_ buffers: StepBuffers) { view.run(buffers) }
}
