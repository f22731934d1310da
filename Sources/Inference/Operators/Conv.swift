import CKernels

/// ONNX Conv-11 over signals `[N, C, L]` and images `[N, C, H, W]`: any stride, padding, dilation and groups.
struct Conv: WeightedSumOperator {
    static let name = "Conv"
    static let attributes = Window.attributes.union(["group"])

    private let inputType: ValueType
    private let weightType: ValueType
    private let window: Window
    private let groups: Int
    private let constants: LayerConstants?
    let operands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.floatType(0)
        weightType = try context.floatType(1)
        window = try Window(context, input: inputType, kernelShape: Array(weightType.shape.dropFirst(2)))
        groups = try context.integer("group", default: 1)
        let channels = weightType.shape[0]
        guard groups >= 1, groups <= channels, channels % groups == 0,
            inputType.shape[1] % groups == 0, weightType.shape[1] == inputType.shape[1] / groups
        else {
            throw context.invalid(
                "weights \(describe(shape: weightType.shape)) in \(groups) groups for "
                    + describe(shape: inputType.shape))
        }
        operands = try context.layerOperands(channels: channels)
        constants = try LayerConstants(context)
        resultType = inputType.with(shape: [inputType.shape[0], channels] + window.outputShape)
    }

    var channelAxis: Int { 1 }
    var operations: Int {
        resultType.count.multipliedReportingOverflow(by: window.taps * weightType.shape[1]).partialValue
    }

    func body(_ kernels: KernelSet) -> any StepBody { FloatConvBody(shape: shape) }

    /// Images with constant weights.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard let constants, group.inputs.count == 1, let input = ImageShape(group.inputTypes[0]) else { return nil }
        let layer = QuantisedLinear(
            weights: constants.weights, weightAxis: 0, bias: constants.bias, channels: resultType.shape[1],
            group: group)
        guard let layer else { return nil }
        if groups > 1, groups == input.channels, groups == layer.channels, input.isBlocked,
            let output = ImageShape(group.outputType)
        {
            return DepthwiseBody(window: window.kernel, layer: layer, input: input, output: output, group: group)
        }
        return ConvolutionBody.body(
            window: window.kernel, groups: groups, layer: layer, input: input, group: group)
    }

    private var shape: ConvShape {
        ConvShape(
            window: window.kernel, images: inputType.shape[0], groups: groups, inputChannels: inputType.shape[1],
            outputChannels: resultType.shape[1])
    }
}

/// Weights and bias of a layer, where both are known before the run.
struct LayerConstants: Sendable {
    let weights: FloatConstant
    let bias: FloatConstant?

    init?(_ context: NodeContext) throws(InferenceError) {
        guard context.isConstant(1), !context.has(2) || context.isConstant(2), let weights = try context.constant(1)
        else { return nil }
        self.weights = weights
        bias = try context.constant(2)
    }
}

extension NodeContext {
    /// Input, weights and, where there is one, a bias of one entry for each channel.
    func layerOperands(channels: Int) throws(InferenceError) -> [Int] {
        guard has(2) else { return [0, 1] }
        let bias = try floatType(2).shape
        guard bias == [channels] else { throw invalid("a bias \(describe(shape: bias)) for \(channels) channels") }
        return [0, 1, 2]
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
    /// Elements of one image.
    var inputCount: Int { window.input_rows * window.input_columns * inputChannels }
    var outputCount: Int { window.output_rows * window.output_columns * outputChannels }
}

private struct FloatConvBody: StepBody {
    let shape: ConvShape

    var kernelName: String { "conv2d_f32" }

    func run(_ buffers: StepBuffers) {
        let bias = buffers.inputs.count > 2 ? buffers.input(2, as: Float.self) : nil
        withUnsafePointer(to: shape.window) { window in
            for image in 0..<shape.images {
                ck_conv2d_f32(
                    window, shape.groups, shape.inputChannels, shape.outputChannels,
                    buffers.input(0, as: Float.self) + image * shape.inputCount, buffers.input(1, as: Float.self),
                    bias, buffers.output(as: Float.self) + image * shape.outputCount)
            }
        }
    }
}
