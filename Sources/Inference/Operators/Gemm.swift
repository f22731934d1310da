import CKernels

/// ONNX Gemm-13: A' * B' * alpha + C * beta, where ' is an optional transposition and C is broadcast.
struct Gemm: Operator {
    static let name = "Gemm"
    static let attributes: Set<String> = ["alpha", "beta", "transA", "transB"]

    private let product: MatrixProduct
    private let alpha: Float
    private let beta: Float
    private let isTransposed: (a: Bool, b: Bool)
    private let biasShape: [Int]?
    private let constants: LayerConstants?
    let operands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let a = try context.floatType(0), b = try context.floatType(1)
        guard a.shape.count == 2, b.shape.count == 2 else { throw context.invalid("operands that are not matrices") }
        isTransposed = (try context.flag("transA"), try context.flag("transB"))
        alpha = try context.float("alpha", default: 1)
        beta = try context.float("beta", default: 1)
        let (rows, depth) = isTransposed.a ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let columns = b.shape[isTransposed.b ? 0 : 1]
        guard b.shape[isTransposed.b ? 1 : 0] == depth else {
            throw context.invalid("\(describe(shape: a.shape)) does not fit \(describe(shape: b.shape))")
        }
        product = MatrixProduct(
            rows: rows, depth: depth, columns: columns, leftStrides: isTransposed.a ? (1, rows) : (depth, 1),
            rightStrides: isTransposed.b ? (1, depth) : (columns, 1))
        resultType = a.with(shape: [rows, columns])
        biasShape = context.has(2) ? try context.floatType(2).shape : nil
        if let biasShape, broadcastShape(of: [biasShape, resultType.shape]) != resultType.shape {
            throw context.invalid("a bias \(describe(shape: biasShape))")
        }
        operands = biasShape == nil ? [0, 1] : [0, 1, 2]
        constants = try LayerConstants(context)
    }

    var operations: Int { product.operations }

    func body(_ kernels: KernelSet) -> any StepBody {
        let bias = biasShape.map { shape in
            StridedWalk(
                shape: resultType.shape,
                strides: [rowMajorStrides(of: resultType.shape), broadcastStrides(of: shape, to: resultType.shape)])
        }
        return FloatGemmBody(product: product, alpha: alpha, beta: beta, bias: bias)
    }

    /// With constant weights and a bias of one row.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard let constants, group.inputs.count == 1, alpha == 1, beta == 1, !isTransposed.a,
            biasShape == nil || biasShape == [product.columns] || biasShape == [1, product.columns]
        else { return nil }
        let layer = QuantisedLinear(
            weights: constants.weights, weightAxis: isTransposed.b ? 0 : 1, bias: constants.bias,
            channels: product.columns, input: group.inputs[0], output: group.output, transposed: !isTransposed.b)
        guard let layer else { return nil }
        return QuantisedGemmBody(rows: product.rows, layer: layer, group: group)
    }
}

private struct FloatGemmBody: StepBody {
    let product: MatrixProduct
    let alpha: Float
    let beta: Float
    let bias: StridedWalk?

    var kernelName: String { "dense_f32 scalar" }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Float.self)
        product.run(buffers.input(0, as: Float.self), buffers.input(1, as: Float.self), output)
        if alpha != 1 {
            for index in 0..<(product.rows * product.columns) { output[index] *= alpha }
        }
        guard let bias else { return }
        let values = buffers.input(2, as: Float.self)
        bias.forEachRow { offsets in
            for index in 0..<bias.rowLength {
                output[offsets[0] + index] += beta * values[offsets[1] + index * bias.rowStrides[1]]
            }
        }
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
