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

/// Copies a value; where the shapes differ, in row-major order.
struct CopyBody: StepBody {
    let byteCount: Int

    var kernelName: String { "copy" }
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) { buffers.outputs[0].copyMemory(from: buffers.inputs[0], byteCount: byteCount) }
}
