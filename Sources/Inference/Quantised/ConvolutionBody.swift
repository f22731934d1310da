import CKernels

/// A convolution in 8 bits. The result is in blocks, the operand in blocks or row-major.
struct ConvolutionBody: StepBody {
    /// One call of the kernel for each image: some of the groups.
    private struct Call: Sendable {
        let shape: ck_conv2d_shape
        let layer: PackedLayer
        let inputOffset: Int
        let outputOffset: Int
    }

    private let images: Int
    private let inputBytes: Int
    private let outputBytes: Int
    private let calls: [Call]
    private let inputZeroPoint: Int32
    private let range: ck_output_range

    /// The convolution, and after it what brings a result of few channels out of its block.
    static func body(
        window: ck_window, groups: Int, layer: QuantisedLinear, input: ImageShape, group: QuantisedGroup
    ) -> (any StepBody)? {
        let result = group.outputType
        let blocked = ValueType(elementType: result.elementType, shape: result.shape, layout: .blocked)
        guard let output = ImageShape(blocked), let final = ImageShape(result) else { return nil }
        let body = ConvolutionBody(
            window: window, groups: groups, layer: layer, input: input, output: output, group: group)
        guard !final.isBlocked else { return body }
        return SequenceBody(body, blocked, LayoutBody(from: output, to: final, kernels: group.kernels))
    }

    private init(
        window: ck_window, groups: Int, layer: QuantisedLinear, input: ImageShape, output: ImageShape,
        group: QuantisedGroup
    ) {
        images = input.images
        inputBytes = input.bytesPerImage
        outputBytes = output.bytesPerImage
        inputZeroPoint = group.inputs[0].zeroPoint
        range = group.range
        let depth = input.channels / groups, width = output.channels / groups
        let together = Self.groupsPerCall(groups, depth: depth, width: width, isBlocked: input.isBlocked)
        let candidates = group.kernels.candidates(CK_CONV2D_I8, smallestWeight: layer.smallestWeight)
        calls = stride(from: 0, to: groups, by: together).map { first in
            let count = min(together, groups - first)
            var shape = ck_conv2d_shape(
                window: window, input_channels: count * depth, output_channels: count * width, groups: count,
                input_is_blocked: input.isBlocked ? 1 : 0)
            let packed = PackedLayer(
                layer, channels: (first * width)..<((first + count) * width), candidates: candidates,
                byteCount: { kernel in ck_conv2d_packed_bytes(kernel, &shape) },
                pack: { kernel, weights, packed in ck_conv2d_pack(kernel, &shape, weights, packed) })
            return Call(
                shape: shape, layer: packed, inputOffset: input.offset(ofChannel: first * depth),
                outputOffset: output.offset(ofChannel: first * width))
        }
    }

    /// The fewest groups whose channels fill whole blocks on both sides; all of them where none do, for a call begins
    /// at a block.
    private static func groupsPerCall(_ groups: Int, depth: Int, width: Int, isBlocked: Bool) -> Int {
        let block = Int(CK_BLOCK_CHANNELS)
        guard isBlocked else { return groups }
        return (1...groups).first { $0 * depth % block == 0 && $0 * width % block == 0 } ?? groups
    }

    var kernelName: String { calls[0].layer.kernel.name }
    var constantBytes: Int { calls.reduce(0) { $0 + $1.layer.byteCount } }
    var isDivisible: Bool { true }
    var scratchBytes: Int {
        let sizes = calls.map { call in
            withUnsafePointer(to: call.shape) { ck_conv2d_scratch_bytes(call.layer.kernel.pointer, $0) }
        }
        return sizes.max() ?? 0
    }

    func run(_ buffers: StepBuffers) {
        for image in 0..<images {
            for call in calls {
                var arguments = ck_conv2d_i8(
                    shape: call.shape,
                    input: buffers.input(0, as: Int8.self) + image * inputBytes + call.inputOffset,
                    output: buffers.output(as: Int8.self) + image * outputBytes + call.outputOffset,
                    weights: call.layer.weights.pointer, bias: call.layer.bias.values(as: Int32.self),
                    multipliers: call.layer.multipliers.values(as: Float.self), input_zero_point: inputZeroPoint,
                    range: range, is_bounded: call.layer.isBounded ? 1 : 0, scratch: buffers.scratch,
                    part: buffers.part, part_count: buffers.partCount)
                call.layer.kernel.row.run.conv2d_i8(&arguments)
            }
        }
    }
}
