import CKernels

/// Resizes images in blocks by the nearest pixels.
struct NearestResizeBody: StepBody {
    private let input: ImageShape
    private let output: ImageShape
    private let rows: AlignedBytes
    private let columns: AlignedBytes
    private let kernel: Kernel

    /// - Parameters:
    ///   - rows: for each row of the result the row it comes from.
    ///   - columns: likewise.
    init(input: ImageShape, output: ImageShape, rows: [Int], columns: [Int], kernels: KernelSet) {
        self.input = input
        self.output = output
        self.rows = AlignedBytes(rows.map { UInt32($0) })
        self.columns = AlignedBytes(columns.map { UInt32($0) })
        kernel = kernels.kernel(CK_RESIZE_NEAREST_I8)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { rows.count + columns.count }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_resize_nearest_i8(
                channels: input.channels, input_rows: input.rows, input_columns: input.columns,
                output_rows: output.rows, output_columns: output.columns,
                input: from, output: to,
                row_source: rows.values(as: UInt32.self), column_source: columns.values(as: UInt32.self),
                part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.resize_nearest_i8(&arguments)
        }
    }
}

/// Resizes images in blocks by linear interpolation along rows and columns.
struct LinearResizeBody: StepBody {
    private let input: ImageShape
    private let output: ImageShape
    private let rows: AlignedBytes
    private let columns: AlignedBytes
    private let inputZeroPoint: Int32
    private let multiplier: Float
    private let range: ck_output_range
    private let kernel: Kernel

    init(
        input: ImageShape, output: ImageShape, rows: [ck_resize_source], columns: [ck_resize_source],
        group: QuantisedGroup
    ) {
        self.input = input
        self.output = output
        self.rows = AlignedBytes(rows)
        self.columns = AlignedBytes(columns)
        inputZeroPoint = group.inputs[0].zeroPoint
        multiplier = group.inputs[0].scale / group.output.scale
        range = group.range
        kernel = group.kernels.kernel(CK_RESIZE_LINEAR_I8)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { rows.count + columns.count }
    var scratchBytes: Int { ck_resize_linear_scratch_bytes(output.columns) }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_resize_linear_i8(
                channels: input.channels, input_rows: input.rows, input_columns: input.columns,
                output_rows: output.rows, output_columns: output.columns,
                input: from, output: to,
                rows: rows.values(as: ck_resize_source.self), columns: columns.values(as: ck_resize_source.self),
                input_zero_point: inputZeroPoint, multiplier: multiplier, range: range, scratch: buffers.scratch,
                part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.resize_linear_i8(&arguments)
        }
    }
}
