import CKernels

/// ONNX Add-14: the sum of two values, broadcast.
struct Add: ArithmeticOperator {
    static let name = "Add"

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.adding(b) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.inputs.count == 2, broadcast.operands.allSatisfy({ $0.shape == broadcast.shape }) else {
            return nil
        }
        return QuantisedAddBody(
            count: resultType.count, left: group.inputs[0], right: group.inputs[1], output: group.output,
            range: group.output.range(clamp: group.clamp), kernel: group.kernels.kernel(CK_ADD_I8))
    }
}

private struct QuantisedAddBody: StepBody {
    let count: Int
    let left: Quantisation
    let right: Quantisation
    let output: Quantisation
    let range: ck_output_range
    let kernel: Kernel

    var kernelName: String { kernel.name }

    func run(_ buffers: StepBuffers) {
        var arguments = ck_add_i8(
            count: count, a: buffers.input(0, as: Int8.self), b: buffers.input(1, as: Int8.self),
            output: buffers.output(as: Int8.self), a_zero_point: left.zeroPoint, b_zero_point: right.zeroPoint,
            a_multiplier: left.scale / output.scale, b_multiplier: right.scale / output.scale, range: range)
        kernel.row.run.add_i8(&arguments)
    }
}
