import CKernels

/// ONNX Gemm-13: A' * B' * alpha + C * beta, with a constant B and a constant bias of one row. A is not transposed.
struct Gemm: Operator {
    static let name = "Gemm"
    static let attributes: Set<String> = ["alpha", "beta", "transA", "transB"]

    private let rows: Int
    private let depth: Int
    private let columns: Int
    private let alpha: Float
    private let beta: Float
    private let isTransposed: Bool
    private let weights: FloatConstant
    private let bias: FloatConstant?
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatValue(0)
        guard let weights = try context.constant(1), weights.shape.count == 2, input.shape.count == 2 else {
            throw context.invalid("operands that are not matrices")
        }
        guard try context.integer("transA", default: 0) == 0 else { throw context.unsupported("transA") }
        isTransposed = try context.integer("transB", default: 0) != 0
        alpha = try context.float("alpha", default: 1)
        beta = try context.float("beta", default: 1)
        self.weights = weights
        bias = try context.constant(2)
        rows = input.shape[0]
        depth = input.shape[1]
        columns = weights.shape[isTransposed ? 0 : 1]
        guard weights.shape[isTransposed ? 1 : 0] == depth else {
            throw context.invalid("\(describe(shape: weights.shape)) does not fit \(describe(shape: input.shape))")
        }
        if let bias, bias.shape != [columns], bias.shape != [1, columns] {
            throw context.unsupported("a bias \(describe(shape: bias.shape))")
        }
        resultType = input.with(shape: [rows, columns])
    }

    var operations: Int { resultType.count.multipliedReportingOverflow(by: depth).partialValue }

    func body(_ kernels: KernelSet) -> any StepBody {
        let stored = weights.floats
        var matrix = [Float](repeating: 0, count: stored.count)
        for column in 0..<columns {
            for k in 0..<depth {
                matrix[column * depth + k] = alpha * stored[isTransposed ? column * depth + k : k * columns + column]
            }
        }
        let bias = bias?.floats.map { $0 * beta }
        return FloatGemmBody(rows: rows, depth: depth, columns: columns, weights: matrix, bias: bias)
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard alpha == 1, beta == 1 else { return nil }
        let layer = QuantisedLinear(
            weights: weights, weightAxis: isTransposed ? 0 : 1, bias: bias, channels: columns, input: group.inputs[0],
            output: group.output, transposed: !isTransposed)
        guard let layer else { return nil }
        return QuantisedGemmBody(rows: rows, layer: layer, group: group)
    }
}

private struct FloatGemmBody: StepBody {
    let rows: Int
    let depth: Int
    let columns: Int
    /// `[columns, depth]`
    let weights: [Float]
    let bias: [Float]?

    var kernelName: String { "dense_f32 scalar" }
    var constantBytes: Int { 4 * (weights.count + (bias?.count ?? 0)) }

    func run(_ buffers: StepBuffers) {
        ck_dense_f32(
            rows, depth, columns, buffers.input(0, as: Float.self), weights, bias, buffers.output(as: Float.self))
    }
}

private struct QuantisedGemmBody: StepBody {
    private let rows: Int
    private let depth: Int
    private let columns: Int
    private let matrix: PackedMatrix
    private let range: ck_output_range
    private let kernel: Kernel

    init(rows: Int, layer: QuantisedLinear, group: QuantisedGroup) {
        self.rows = rows
        depth = layer.depth
        columns = layer.channels
        range = group.output.range(clamp: group.clamp)
        kernel = group.kernels.kernel(CK_DENSE_I8, smallestWeight: layer.smallestWeight)
        matrix = PackedMatrix(
            rows: layer.weights, depth: depth, layer: layer, channels: 0..<columns, tile: kernel.row.tile)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { matrix.byteCount }
    var scratchBytes: Int { ck_dense_scratch_bytes(kernel.row.tile, depth) }

    func run(_ buffers: StepBuffers) {
        matrix.weights.withUnsafeBufferPointer { weights in
            matrix.bias.withUnsafeBufferPointer { bias in
                matrix.multipliers.withUnsafeBufferPointer { multipliers in
                    var arguments = ck_dense_i8(
                        rows: rows, depth: depth, columns: columns, input: buffers.input(0, as: Int8.self),
                        output: buffers.output(as: Int8.self), weights: weights.baseAddress, bias: bias.baseAddress,
                        multipliers: multipliers.baseAddress, range: range, scratch: buffers.scratch(as: Int8.self))
                    kernel.row.run.dense_i8(&arguments)
                }
            }
        }
    }
}
