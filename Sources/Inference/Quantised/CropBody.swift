import CKernels

/// A part of images in blocks: some channels, rows and columns. Whole blocks of channels of one image are not copied
/// where the plan lets the result lie in the operand.
struct CropBody: StepBody {
    private let from: ImageShape
    private let to: ImageShape
    private let channel: Int
    private let row: Int
    private let column: Int
    private let kernel: Kernel
    let sharing: [MemorySharing]

    /// - Parameters:
    ///   - channel: the first that is taken.
    ///   - row: likewise.
    ///   - column: likewise.
    init(from: ImageShape, to: ImageShape, channel: Int, row: Int = 0, column: Int = 0, kernels: KernelSet) {
        self.from = from
        self.to = to
        self.channel = channel
        self.row = row
        self.column = column
        kernel = kernels.kernel(CK_COPY_I8)
        let block = Int(CK_BLOCK_CHANNELS)
        let isAdjacent = to.isBlocked && from.images == 1 && channel % block == 0 && to.pixels == from.pixels
            && (to.channels % block == 0 || channel + to.channels == from.channels)
        sharing = isAdjacent ? [.view(result: 0, operand: 0, offset: from.offset(ofChannel: channel))] : []
    }

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        let start = buffers.input(0, as: Int8.self), output = buffers.output(as: Int8.self)
        if UnsafePointer(output) == start + from.offset(ofChannel: channel), !sharing.isEmpty { return }
        for image in 0..<from.images {
            var arguments = ck_copy_i8(
                channels: to.channels, rows: to.rows, columns: to.columns,
                input: start + image * from.bytesPerImage + (row * from.columns + column) * Int(CK_BLOCK_CHANNELS),
                output: output + image * to.bytesPerImage, input_layout: from.layout(fromChannel: channel),
                output_layout: to.layout(), flip_sign: 0, part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.copy_i8(&arguments)
        }
    }
}
