import CKernels

/// A line for each channel of an image in blocks, v * factor + term: a batch normalisation that stands by itself.
struct ChannelLineBody: StepBody {
    private let image: ImageShape
    private let packed: AlignedBytes
    private let kernel: Kernel

    /// Nil where a line has no finite numbers or the image is not in blocks.
    ///
    /// - Parameters:
    ///   - factors: of real values, by channel.
    ///   - terms: likewise.
    init?(factors: [Float], terms: [Float], group: QuantisedGroup) {
        guard let image = ImageShape(group.inputTypes[0]), image.isBlocked, factors.count == image.channels,
            terms.count == image.channels
        else { return nil }
        let multipliers = factors.map { group.inputs[0].scale * $0 / group.output.scale }
        let offsets = terms.map { $0 / group.output.scale }
        guard (multipliers + offsets).allSatisfy({ $0.isFinite }) else { return nil }
        self.image = image
        packed = AlignedBytes(count: ck_affine_packed_bytes(image.channels))
        var range = group.range
        ck_affine_pack(image.channels, group.inputs[0].zeroPoint, multipliers, offsets, &range, packed.pointer)
        kernel = group.kernels.kernel(CK_AFFINE_I8)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { packed.count }
    var isDivisible: Bool { true }
    var sharing: [MemorySharing] { [.inPlace(result: 0, operand: 0)] }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(image, image) { input, output in
            var arguments = ck_affine_i8(
                channels: image.channels, pixels: image.pixels,
                input: input, output: output, packed: packed.pointer,
                part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.affine_i8(&arguments)
        }
    }
}
