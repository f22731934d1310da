import CKernels

/// ONNX Gemm-13: A' * B' * alpha + C * beta, where ' is an optional transposition and C is broadcast.
struct Gemm: WeightedSumOperator {
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

    var channelAxis: Int { 1 }
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
            channels: product.columns, group: group,
            transposed: !isTransposed.b)
        guard let layer else { return nil }
        return DenseBody(rows: product.rows, layer: layer, group: group)
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
