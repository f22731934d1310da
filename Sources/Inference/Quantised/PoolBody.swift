import CKernels

/// The maximum under a window, on images in blocks.
struct MaxPoolBody: StepBody {
    private let window: ck_window
    private let input: ImageShape
    private let output: ImageShape
    private let range: ck_output_range
    private let kernel: Kernel

    init(window: ck_window, input: ImageShape, output: ImageShape, range: ck_output_range, kernels: KernelSet) {
        self.window = window
        self.input = input
        self.output = output
        self.range = range
        kernel = kernels.kernel(CK_MAXPOOL_I8)
    }

    var kernelName: String { kernel.name }
    var scratchBytes: Int { withUnsafePointer(to: window) { ck_maxpool_scratch_bytes($0) } }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_maxpool_i8(
                window: window, channels: input.channels, input: from, output: to, range: range,
                scratch: buffers.scratch, part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.maxpool_i8(&arguments)
        }
    }
}

/// The mean under a window, on images in blocks.
struct AveragePoolBody: StepBody {
    private let window: ck_window
    private let endPads: (rows: Int, columns: Int)
    private let countsPadding: Bool
    private let input: ImageShape
    private let output: ImageShape
    private let inputZeroPoint: Int32
    private let multiplier: Float
    private let range: ck_output_range
    private let kernel: Kernel

    /// The kernel's own bound: sums of so many bytes fit int32.
    private static let largestWindow = 1 << 23

    /// Nil where the sum of a window could overflow.
    init?(
        window: ck_window, endPads: (rows: Int, columns: Int), countsPadding: Bool, input: ImageShape,
        output: ImageShape, group: QuantisedGroup
    ) {
        let multiplier = group.inputs[0].scale / group.output.scale
        guard window.kernel_rows * window.kernel_columns <= Self.largestWindow, multiplier.isFinite else { return nil }
        self.window = window
        self.endPads = endPads
        self.countsPadding = countsPadding
        self.input = input
        self.output = output
        inputZeroPoint = group.inputs[0].zeroPoint
        self.multiplier = multiplier
        range = group.range
        kernel = group.kernels.kernel(CK_AVERAGEPOOL_I8)
    }

    var kernelName: String { kernel.name }
    var scratchBytes: Int { withUnsafePointer(to: window) { ck_averagepool_scratch_bytes($0) } }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_averagepool_i8(
                window: window, pad_bottom: endPads.rows, pad_right: endPads.columns, channels: input.channels,
                input: from, output: to, input_zero_point: inputZeroPoint,
                multiplier: multiplier, count_padding: countsPadding ? 1 : 0, range: range, scratch: buffers.scratch,
                part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.averagepool_i8(&arguments)
        }
    }
}
