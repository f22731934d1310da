import CKernels

/// ONNX Add-14: the sum of two values, broadcast as ONNX says; one of them may be a constant.
struct Add: Operator {
    static let name = "Add"

    private enum Term {
        case value(ValueType)
        case constant(FloatConstant)

        var shape: [Int] {
            switch self {
            case .value(let type): type.shape
            case .constant(let constant): constant.shape
            }
        }
    }

    private let terms: [Term]
    let runtimeOperands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        guard context.operands.count == 2 else { throw context.invalid("other than two operands") }
        var terms: [Term] = [], runtime: [Int] = []
        for index in 0..<2 {
            if case .value = context.operand(index) {
                terms.append(.value(try context.floatValue(index)))
                runtime.append(index)
            } else if let constant = try context.constant(index) {
                terms.append(.constant(constant))
            } else {
                throw context.invalid("operand \(index) is missing")
            }
        }
        guard !runtime.isEmpty else { throw context.unsupported("a sum of constants") }
        guard let shape = broadcast(terms[0].shape, terms[1].shape) else {
            throw context.invalid(
                "\(describe(shape: terms[0].shape)) and \(describe(shape: terms[1].shape)) do not broadcast")
        }
        self.terms = terms
        runtimeOperands = runtime
        resultType = ValueType(elementType: .float32, shape: shape)
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        var position = 0
        let operands = terms.map { term -> FloatAddBody.Operand in
            let strides = broadcastStrides(term.shape, to: resultType.shape)
            switch term {
            case .constant(let constant): return .init(strides: strides, source: .constant(constant.floats))
            case .value:
                defer { position += 1 }
                return .init(strides: strides, source: .value(position))
            }
        }
        return FloatAddBody(shape: resultType.shape, left: operands[0], right: operands[1])
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.inputs.count == 2, terms.allSatisfy({ $0.shape == resultType.shape }) else { return nil }
        return QuantisedAddBody(
            count: resultType.count, left: group.inputs[0], right: group.inputs[1], output: group.output,
            range: group.output.range(clamp: group.clamp), kernel: group.kernels.kernel(CK_ADD_I8))
    }
}

/// The shape both broadcast to, or nil.
private func broadcast(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    let left = Array(repeating: 1, count: rank - left.count) + left
    let right = Array(repeating: 1, count: rank - right.count) + right
    var result: [Int] = []
    for (a, b) in zip(left, right) {
        guard a == b || a == 1 || b == 1 else { return nil }
        result.append(max(a, b))
    }
    return result
}

/// Elements to move per step of each axis of the result; 0 along an axis that is repeated.
private func broadcastStrides(_ shape: [Int], to result: [Int]) -> [Int] {
    let padded = Array(repeating: 1, count: result.count - shape.count) + shape
    var strides = [Int](repeating: 0, count: result.count), step = 1
    for axis in padded.indices.reversed() {
        if padded[axis] > 1 { strides[axis] = step }
        step *= padded[axis]
    }
    return strides
}

private struct FloatAddBody: StepBody {
    struct Operand: Sendable {
        enum Source: Sendable {
            case value(Int)
            case constant([Float])
        }

        let strides: [Int]
        let source: Source
    }

    let shape: [Int]
    let left: Operand
    let right: Operand

    var kernelName: String { "add_f32" }

    func run(_ buffers: StepBuffers) {
        withElements(left, buffers) { a in
            withElements(right, buffers) { b in
                var output = buffers.output(as: Float.self)
                add(axis: 0, a, b, &output)
            }
        }
    }

    private func withElements(_ operand: Operand, _ buffers: StepBuffers, _ work: (UnsafePointer<Float>) -> Void) {
        switch operand.source {
        case .value(let index): work(buffers.input(index, as: Float.self))
        case .constant(let values): values.withUnsafeBufferPointer { $0.baseAddress.map(work) }
        }
    }

    /// Recursion over at most eight axes.
    private func add(
        axis: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ output: inout UnsafeMutablePointer<Float>
    ) {
        guard axis < shape.count else {
            output.pointee = a.pointee + b.pointee
            output += 1
            return
        }
        for index in 0..<shape[axis] {
            add(axis: axis + 1, a + index * left.strides[axis], b + index * right.strides[axis], &output)
        }
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
