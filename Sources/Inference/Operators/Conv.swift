import CKernels

/// ONNX Conv-11 over images: any stride, padding, dilation and groups; weights and bias are constants.
struct Conv: Operator {
    static let name = "Conv"
    static let attributes = Window.attributes.union(["group"])

    private let inputType: ValueType
    private let window: Window
    private let groups: Int
    private let weights: FloatConstant
    private let bias: FloatConstant?
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.floatValue(0)
        guard let weights = try context.constant(1), weights.shape.count == 4, !weights.shape.contains(0) else {
            throw context.invalid("no weights [M, C, kH, kW]")
        }
        self.weights = weights
        bias = try context.constant(2)
        window = try Window(context, input: inputType, kernelShape: Array(weights.shape[2...]))
        groups = try context.integer("group", default: 1)
        let channels = weights.shape[0]
        guard groups >= 1, groups <= channels, channels % groups == 0,
            inputType.shape[1] % groups == 0, weights.shape[1] == inputType.shape[1] / groups
        else {
            throw context.invalid(
                "weights \(describe(shape: weights.shape)) in \(groups) groups for \(describe(shape: inputType.shape))")
        }
        if let bias, bias.shape != [channels] { throw context.invalid("a bias \(describe(shape: bias.shape))") }
        resultType = inputType.with(
            shape: [inputType.shape[0], channels, window.kernel.output_rows, window.kernel.output_columns])
    }

    var operations: Int {
        resultType.count.multipliedReportingOverflow(by: window.taps * weights.shape[1]).partialValue
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        FloatConvBody(
            window: window.kernel, groups: groups, images: inputType.shape[0], inputChannels: inputType.shape[1],
            outputChannels: resultType.shape[1], weights: weights.floats, bias: bias?.floats)
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        let layer = QuantisedLinear(
            weights: weights, weightAxis: 0, bias: bias, channels: resultType.shape[1], input: group.inputs[0],
            output: group.output)
        guard let layer else { return nil }
        let shape = ConvShape(
            window: window.kernel, images: inputType.shape[0], groups: groups, inputChannels: inputType.shape[1],
            outputChannels: resultType.shape[1])
        if groups == inputType.shape[1], groups == resultType.shape[1], groups > 1 {
            return DepthwiseBody(shape: shape, layer: layer, group: group)
        }
        return QuantisedConvBody(shape: shape, layer: layer, group: group)
    }
}

/// What the bodies of a convolution share.
struct ConvShape: Sendable {
    let window: ck_window
    let images: Int
    let groups: Int
    let inputChannels: Int
    let outputChannels: Int

    var taps: Int { window.kernel_rows * window.kernel_columns }
    var inputBytes: Int { window.input_rows * window.input_columns * inputChannels }
    var outputBytes: Int { window.output_rows * window.output_columns * outputChannels }

    /// Weights `[rows, channels, taps]` as the file has them in the order of a patch, `[rows, taps, channels]`.
    static func patchOrder(_ weights: ArraySlice<Int8>, channels: Int, taps: Int) -> [Int8] {
        var result = [Int8](repeating: 0, count: weights.count)
        for row in 0..<(weights.count / (channels * taps)) {
            let start = row * channels * taps
            for channel in 0..<channels {
                for tap in 0..<taps {
                    result[start + tap * channels + channel] =
                        weights[weights.startIndex + start + channel * taps + tap]
                }
            }
        }
        return result
    }
}

private struct FloatConvBody: StepBody {
    let window: ck_window
    let groups: Int
    let images: Int
    let inputChannels: Int
    let outputChannels: Int
    let weights: [Float]
    let bias: [Float]?

    var kernelName: String { "conv2d_f32 scalar" }
    var constantBytes: Int { 4 * (weights.count + (bias?.count ?? 0)) }

    func run(_ buffers: StepBuffers) {
        withUnsafePointer(to: window) { window in
            let input = inputChannels * window.pointee.input_rows * window.pointee.input_columns
            let output = outputChannels * window.pointee.output_rows * window.pointee.output_columns
            for image in 0..<images {
                ck_conv2d_f32(
                    window, groups, inputChannels, outputChannels,
                    buffers.input(0, as: Float.self) + image * input, weights, bias,
                    buffers.output(as: Float.self) + image * output)
            }
        }
    }
}
