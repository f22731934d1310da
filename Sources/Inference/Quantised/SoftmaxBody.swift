import CKernels

/// Softmax of rows of 8-bit values.
struct SoftmaxBody: StepBody {
    private let rows: Int
    private let columns: Int
    private let exponentials: AlignedBytes
    private let scale: Float
    private let range: ck_output_range
    private let kernel: Kernel

    init(rows: Int, columns: Int, group: QuantisedGroup) {
        self.rows = rows
        self.columns = columns
        let inputScale = group.inputs[0].scale
        exponentials = AlignedBytes((0..<256).map { Mathematics.exponential(-Float($0) * inputScale) })
        scale = group.output.scale
        range = group.range
        kernel = group.kernels.kernel(CK_SOFTMAX_I8)
    }

    var kernelName: String { kernel.name }
    var form: BufferForm { .rowMajor }
    var constantBytes: Int { exponentials.count }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        var arguments = ck_softmax_i8(
            rows: rows, columns: columns, input: buffers.input(0, as: Int8.self),
            output: buffers.output(as: Int8.self), exponentials: exponentials.values(as: Float.self), scale: scale,
            range: range, part: buffers.part, part_count: buffers.partCount)
        kernel.row.run.softmax_i8(&arguments)
    }
}
