import CKernels

/// Images in blocks inside a border of one value.
struct BorderBody: StepBody {
    private let input: ImageShape
    private let output: ImageShape
    private let top: Int
    private let left: Int
    private let value: Int8
    private let kernel: Kernel

    init(input: ImageShape, output: ImageShape, top: Int, left: Int, value: Int8, kernels: KernelSet) {
        self.input = input
        self.output = output
        self.top = top
        self.left = left
        self.value = value
        kernel = kernels.kernel(CK_PAD_I8)
    }

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_pad_i8(
                channels: input.channels, input_rows: input.rows, input_columns: input.columns,
                output_rows: output.rows, output_columns: output.columns, pad_top: top, pad_left: left,
                input: from, output: to, value: value,
                part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.pad_i8(&arguments)
        }
    }
}
