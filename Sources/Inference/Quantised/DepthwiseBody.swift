import CKernels

/// A convolution in which every channel has its own filter, on images in blocks.
struct DepthwiseBody: StepBody {
    private let window: ck_window
    private let input: ImageShape
    private let output: ImageShape
    private let weights: AlignedBytes
    private let bias: AlignedBytes
    private let multipliers: AlignedBytes
    private let inputZeroPoint: Int32
    private let range: ck_output_range
    private let kernel: Kernel

    init(window: ck_window, layer: QuantisedLinear, input: ImageShape, output: ImageShape, group: QuantisedGroup) {
        self.window = window
        self.input = input
        self.output = output
        var window = window
        weights = AlignedBytes(count: ck_depthwise_packed_bytes(&window, input.channels))
        ck_depthwise_pack(&window, input.channels, layer.weights, weights.pointer)
        let capacity = ck_packed_columns(input.channels)
        bias = AlignedBytes(layer.bias, capacity: capacity)
        multipliers = AlignedBytes(layer.multipliers, capacity: capacity)
        inputZeroPoint = group.inputs[0].zeroPoint
        range = group.range
        guard let kernel = group.kernels.candidates(CK_DEPTHWISE_I8, smallestWeight: layer.smallestWeight).first else {
            preconditionFailure("the kernel list lacks a scalar reference")
        }
        self.kernel = kernel
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { weights.count + bias.count + multipliers.count }
    var scratchBytes: Int { withUnsafePointer(to: window) { ck_depthwise_scratch_bytes($0) } }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        buffers.forEachImage(input, output) { from, to in
            var arguments = ck_depthwise_i8(
                window: window, channels: input.channels, input: from, output: to, weights: weights.pointer,
                bias: bias.values(as: Int32.self), multipliers: multipliers.values(as: Float.self),
                input_zero_point: inputZeroPoint, range: range, scratch: buffers.scratch, part: buffers.part,
                part_count: buffers.partCount)
            kernel.row.run.depthwise_i8(&arguments)
        }
    }
}
