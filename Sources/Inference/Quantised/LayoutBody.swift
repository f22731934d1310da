import CKernels

/// Copies images of 8-bit values from one layout into another.
struct LayoutBody: StepBody {
    private let from: ImageShape
    private let to: ImageShape
    private let kernel: Kernel

    /// - Parameter to: of the same sizes.
    init(from: ImageShape, to: ImageShape, kernels: KernelSet) {
        self.from = from
        self.to = to
        kernel = kernels.kernel(CK_COPY_I8)
    }

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(from, to) { input, output in
            var arguments = ck_copy_i8(
                channels: from.channels, rows: from.rows, columns: from.columns,
                input: input, output: output, input_layout: from.layout(),
                output_layout: to.layout(), flip_sign: 0, part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.copy_i8(&arguments)
        }
    }
}
