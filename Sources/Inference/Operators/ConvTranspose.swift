/// ONNX ConvTranspose-11 on float32 over signals and images: each element of the operand spreads the weights over the
/// result, as the gradient of a convolution does.
struct ConvTranspose: WeightedSumOperator, CompositeOperator {
    static let name = "ConvTranspose"
    static let attributes: Set<String> = [
        "auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape", "pads", "strides",
    ]

    private let images: Int
    private let groups: Int
    /// Of the operand and of the result.
    private let channels: (input: Int, output: Int)
    private let rows: TransposedAxis
    private let columns: TransposedAxis
    private let constants: LayerConstants?
    let operands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatType(0), weights = try context.floatType(1).shape
        let axes = try TransposedAxis.all(context, input: input.shape, weights: weights)
        groups = try context.integer("group", default: 1)
        guard groups >= 1, groups <= input.shape[1], input.shape[1] % groups == 0, weights[0] == input.shape[1] else {
            throw context.invalid(
                "weights \(describe(shape: weights)) in \(groups) groups for \(describe(shape: input.shape))")
        }
        images = input.shape[0]
        // Either factor is within the limits of a tensor.
        channels = (input.shape[1], weights[1] * groups)
        operands = try context.layerOperands(channels: channels.output)
        constants = try LayerConstants(context)
        rows = axes.count == 2 ? axes[0] : .single
        columns = axes[axes.count - 1]
        resultType = input.with(shape: [images, channels.output] + axes.map(\.output))
    }

    var operations: Int {
        let spread = rows.input * columns.input * images * channels.input
        return spread.multipliedReportingOverflow(by: rows.taps * columns.taps * channels.output / groups).partialValue
    }

    var channelAxis: Int { 1 }

    /// A convolution that makes all phases of the result, and a shuffle. Images with constant weights in one group.
    func quantisedParts(_ group: QuantisedGroup) -> [StepPart]? {
        guard let constants, groups == 1, let input = ImageShape(group.inputTypes[0]), group.inputs.count == 1,
            group.outputType.isBlocked, resultType.shape.count == 4,
            let phases = TransposedConvolution(
                rows: rows, columns: columns, inputChannels: channels.input, outputChannels: channels.output),
            let weights = phases.weights(constants.weights, rowTaps: rows.taps, columnTaps: columns.taps)
        else { return nil }
        let bias = phases.bias(constants.bias)
        guard bias != nil || constants.bias == nil else { return nil }
        let type = group.outputType.with(
            shape: [images, phases.phaseChannels, phases.rows.places, phases.columns.places])
        let line = group.line.map {
            ChannelLine(
                axis: 1, factors: phases.spread($0.factors, filler: 1), terms: phases.spread($0.terms, filler: 0))
        }
        let inner = QuantisedGroup(
            inputs: group.inputs, inputTypes: group.inputTypes, output: group.output, outputType: type, line: line,
            clamp: group.clamp, kernels: group.kernels)
        let layer = QuantisedLinear(
            weights: weights, weightAxis: 0, bias: bias, channels: phases.phaseChannels, group: inner)
        guard let layer,
            let body = ConvolutionBody.body(
                window: phases.window(inputRows: input.rows, inputColumns: input.columns), groups: 1, layer: layer,
                input: input, group: inner)
        else { return nil }
        let shuffle = PhaseShuffleBody(
            images: images, blocks: phases.phaseChannels / phases.phases / 8,
            rows: rows.shuffle(phases.rows), columns: columns.shuffle(phases.columns))
        return [StepPart(body: body, type: type), StepPart(body: shuffle, type: group.outputType)]
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        ConvTransposeBody(images: images, groups: groups, channels: channels, rows: rows, columns: columns)
    }
}

private struct ConvTransposeBody: StepBody {
    let images: Int
    let groups: Int
    let channels: (input: Int, output: Int)
    let rows: TransposedAxis
    let columns: TransposedAxis

    var kernelName: String { "convtranspose float32" }

    func run(_ buffers: StepBuffers) {
        let weights = buffers.input(1, as: Float.self)
        let inputPlane = rows.input * columns.input, outputPlane = rows.output * columns.output
        let depth = channels.input / groups, width = channels.output / groups
        for image in 0..<images {
            for channel in 0..<channels.output {
                let plane = buffers.output(as: Float.self) + (image * channels.output + channel) * outputPlane
                let bias = buffers.inputs.count > 2 ? buffers.input(2, as: Float.self)[channel] : 0
                plane.update(repeating: bias, count: outputPlane)
                let group = channel / width
                for source in (group * depth)..<((group + 1) * depth) {
                    let from = buffers.input(0, as: Float.self) + (image * channels.input + source) * inputPlane
                    spread(from, weights + (source * width + channel % width) * rows.taps * columns.taps, plane)
                }
            }
        }
    }

    /// Adds one plane of the operand to one of the result.
    private func spread(
        _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows.input {
            for tapRow in 0..<rows.taps {
                let outputRow = row * rows.stride + tapRow * rows.dilation - rows.pad
                guard (0..<rows.output).contains(outputRow) else { continue }
                for column in 0..<columns.input {
                    let value = input[row * columns.input + column]
                    for tapColumn in 0..<columns.taps {
                        let outputColumn = column * columns.stride + tapColumn * columns.dilation - columns.pad
                        guard (0..<columns.output).contains(outputColumn) else { continue }
                        output[outputRow * columns.output + outputColumn] +=
                            value * weights[tapRow * columns.taps + tapColumn]
                    }
                }
            }
        }
    }
}
