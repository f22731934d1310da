/// ONNX MatMul-13 on float32: numpy's matmul. Products of matrices, batches of which are broadcast; a vector is a
/// matrix of one row on the left and of one column on the right.
struct MatMul: WeightedSumOperator {
    static let name = "MatMul"

    private let product: MatrixProduct
    private let batch: StridedWalk
    private let batchCount: Int
    /// The right operand, where it is a constant matrix.
    private let weights: FloatConstant?
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let left = try context.floatType(0).shape, right = try context.floatType(1).shape
        guard let depth = left.last, !right.isEmpty else { throw context.invalid("an operand without axes") }
        let a = left.count == 1 ? [1] + left : left, b = right.count == 1 ? right + [1] : right
        let (rows, columns) = (a[a.count - 2], b[b.count - 1])
        let outerA = Array(a.dropLast(2)), outerB = Array(b.dropLast(2))
        guard b[b.count - 2] == depth, let outer = broadcastShape(of: [outerA, outerB]) else {
            throw context.invalid("\(describe(shape: left)) does not fit \(describe(shape: right))")
        }
        product = MatrixProduct(
            rows: rows, depth: depth, columns: columns, leftStrides: (depth, 1), rightStrides: (columns, 1))
        // Offsets of the matrices in both operands and in the result.
        batch = StridedWalk(
            shape: outer,
            strides: [
                broadcastStrides(of: outerA, to: outer).map { $0 * rows * depth },
                broadcastStrides(of: outerB, to: outer).map { $0 * depth * columns },
                rowMajorStrides(of: outer).map { $0 &* rows &* columns },
            ])
        batchCount = outer.reduce(1, &*)
        weights = context.isConstant(1) && right.count == 2 ? try context.constant(1) : nil
        let matrix = (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
        resultType = ValueType(elementType: .float32, shape: outer + matrix)
    }

    var operands: [Int] { [0, 1] }
    var channelAxis: Int { max(0, resultType.shape.count - 1) }
    var operations: Int { batchCount.multipliedReportingOverflow(by: product.operations).partialValue }
    func body(_ kernels: KernelSet) -> any StepBody { MatMulBody(product: product, batch: batch) }

    /// More batches run in float; each is noted down with where its matrices begin.
    private static let mostBatches = 1 << 16

    /// With a constant matrix on the right, all rows of all batches at once; else matrix by matrix.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.inputs.count == 1 else { return pairBody(group) }
        guard let weights,
            let layer = QuantisedLinear(
                weights: weights, weightAxis: 1, bias: nil, channels: product.columns, group: group, transposed: true)
        else { return nil }
        return DenseBody(rows: batchCount * product.rows, layer: layer, group: group)
    }

    private func pairBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.inputs.count == 2, group.line == nil, batchCount <= Self.mostBatches else { return nil }
        var batches: [MatrixPairBody.Batch] = []
        batch.forEachRow { at in
            for index in 0..<batch.rowLength {
                let offsets = at.indices.map { at[$0] + index * batch.rowStrides[$0] }
                batches.append(.init(left: offsets[0], right: offsets[1], result: offsets[2]))
            }
        }
        return MatrixPairBody(
            rows: product.rows, depth: product.depth, columns: product.columns, batches: batches, group: group)
    }
}

private struct MatMulBody: StepBody {
    let product: MatrixProduct
    let batch: StridedWalk

    var kernelName: String { "matmul float32" }

    func run(_ buffers: StepBuffers) {
        let a = buffers.input(0, as: Float.self), b = buffers.input(1, as: Float.self)
        let output = buffers.output(as: Float.self), steps = batch.rowStrides
        batch.forEachRow { at in
            for index in 0..<batch.rowLength {
                product.run(
                    a + at[0] + index * steps[0], b + at[1] + index * steps[1], output + at[2] + index * steps[2])
            }
        }
    }
}
