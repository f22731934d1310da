import CKernels

/// A matrix product with constant weights in 8 bits, row-major.
struct DenseBody: StepBody {
    private let rows: Int
    private let depth: Int
    private let columns: Int
    private let layer: PackedLayer
    private let range: ck_output_range

    init(rows: Int, layer: QuantisedLinear, group: QuantisedGroup) {
        self.rows = rows
        depth = layer.depth
        columns = layer.channels
        range = group.range
        let (depth, columns) = (layer.depth, layer.channels)
        self.layer = PackedLayer(
            layer, channels: 0..<layer.channels,
            candidates: group.kernels.candidates(CK_DENSE_I8, smallestWeight: layer.smallestWeight),
            byteCount: { kernel in ck_dense_packed_bytes(kernel, depth, columns) },
            pack: { kernel, weights, packed in ck_dense_pack(kernel, depth, columns, weights, packed) })
    }

    var kernelName: String { layer.kernel.name }
    var form: BufferForm { .rowMajor }
    var constantBytes: Int { layer.byteCount }
    var scratchBytes: Int { ck_dense_scratch_bytes(layer.kernel.pointer, depth) }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        var arguments = ck_dense_i8(
            rows: rows, depth: depth, columns: columns, input: buffers.input(0, as: Int8.self),
            output: buffers.output(as: Int8.self), weights: layer.weights.pointer,
            bias: layer.bias.values(as: Int32.self), multipliers: layer.multipliers.values(as: Float.self),
            range: range, scratch: buffers.scratch, part: buffers.part, part_count: buffers.partCount)
        layer.kernel.row.run.dense_i8(&arguments)
    }
}
