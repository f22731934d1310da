import CKernels

/// A convolution by the matrix kernel, one call for every image and group.
struct QuantisedConvBody: StepBody {
    private let shape: ConvShape
    private let matrices: [PackedMatrix]
    private let input: Quantisation
    private let range: ck_output_range
    private let kernel: Kernel

    init(shape: ConvShape, layer: QuantisedLinear, group: QuantisedGroup) {
        self.shape = shape
        input = group.inputs[0]
        range = group.output.range(clamp: group.clamp)
        let kernel = group.kernels.kernel(CK_CONV2D_I8, smallestWeight: layer.smallestWeight)
        self.kernel = kernel
        let width = shape.outputChannels / shape.groups
        matrices = (0..<shape.groups).map { index in
            let channels = (index * width)..<((index + 1) * width)
            let rows = ConvShape.patchOrder(
                layer.weights[(channels.lowerBound * layer.depth)..<(channels.upperBound * layer.depth)],
                channels: shape.inputChannels / shape.groups, taps: shape.taps)
            return PackedMatrix(
                rows: rows, depth: layer.depth, layer: layer, channels: channels, tile: kernel.row.tile)
        }
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { matrices.reduce(0) { $0 + $1.byteCount } }
    var scratchBytes: Int {
        withUnsafePointer(to: shape.window) {
            ck_conv2d_scratch_bytes(kernel.row.tile, $0, shape.inputChannels / shape.groups)
        }
    }

    func run(_ buffers: StepBuffers) {
        let depth = shape.inputChannels / shape.groups, width = shape.outputChannels / shape.groups
        for image in 0..<shape.images {
            for (index, matrix) in matrices.enumerated() {
                matrix.weights.withUnsafeBufferPointer { weights in
                    matrix.bias.withUnsafeBufferPointer { bias in
                        matrix.multipliers.withUnsafeBufferPointer { multipliers in
                            var arguments = ck_conv2d_i8(
                                window: shape.window, input_channels: depth, output_channels: width,
                                input_stride: shape.inputChannels, output_stride: shape.outputChannels,
                                input: buffers.input(0, as: Int8.self) + image * shape.inputCount + index * depth,
                                output: buffers.output(as: Int8.self) + image * shape.outputCount + index * width,
                                weights: weights.baseAddress, bias: bias.baseAddress,
                                multipliers: multipliers.baseAddress, input_zero_point: input.zeroPoint,
                                range: range, scratch: buffers.scratch(as: Int8.self))
                            kernel.row.run.conv2d_i8(&arguments)
                        }
                    }
                }
            }
        }
    }
}

/// A convolution in which every channel has its own filter.
struct DepthwiseBody: StepBody {
    private let shape: ConvShape
    /// `[taps, channels]`
    private let weights: [Int8]
    private let bias: [Int32]
    private let multipliers: [Float]
    private let input: Quantisation
    private let range: ck_output_range
    private let kernel: Kernel

    init(shape: ConvShape, layer: QuantisedLinear, group: QuantisedGroup) {
        self.shape = shape
        // [channels, taps] as one row of channels: patch order puts the channels last.
        weights = ConvShape.patchOrder(layer.weights[...], channels: shape.inputChannels, taps: shape.taps)
        bias = layer.bias
        multipliers = layer.multipliers
        input = group.inputs[0]
        range = group.output.range(clamp: group.clamp)
        kernel = group.kernels.kernel(CK_DEPTHWISE_I8, smallestWeight: layer.smallestWeight)
    }

    var kernelName: String { kernel.name }
    var constantBytes: Int { weights.count + 4 * bias.count + 4 * multipliers.count }
    var scratchBytes: Int {
        withUnsafePointer(to: shape.window) { ck_depthwise_scratch_bytes($0, shape.inputChannels) }
    }

    func run(_ buffers: StepBuffers) {
        for image in 0..<shape.images {
            weights.withUnsafeBufferPointer { weights in
                bias.withUnsafeBufferPointer { bias in
                    multipliers.withUnsafeBufferPointer { multipliers in
                        var arguments = ck_depthwise_i8(
                            window: shape.window, channels: shape.inputChannels,
                            input: buffers.input(0, as: Int8.self) + image * shape.inputCount,
                            output: buffers.output(as: Int8.self) + image * shape.outputCount,
                            weights: weights.baseAddress, bias: bias.baseAddress,
                            multipliers: multipliers.baseAddress, input_zero_point: input.zeroPoint, range: range,
                            scratch: buffers.scratch)
                        kernel.row.run.depthwise_i8(&arguments)
                    }
                }
            }
        }
    }
}
