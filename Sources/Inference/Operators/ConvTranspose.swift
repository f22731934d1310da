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

/// One axis of a transposed convolution.
struct TransposedAxis: Sendable {
    let input: Int
    let taps: Int
    let stride: Int
    let dilation: Int
    /// Places cut off before the result.
    let pad: Int
    let output: Int

    func shuffle(_ axis: TransposedConvolution.Axis) -> PhaseShuffleBody.Axis {
        PhaseShuffleBody.Axis(
            stride: stride, places: axis.places, offset: pad - axis.first * stride, output: output)
    }

    /// The axis that is not there.
    static let single = TransposedAxis(input: 1, taps: 1, stride: 1, dilation: 1, pad: 0, output: 1)

    static func all(
        _ context: NodeContext, input: [Int], weights: [Int]
    ) throws(InferenceError) -> [TransposedAxis] {
        let rank = input.count - 2, largest = WindowAxis.largest
        guard rank == 1 || rank == 2, weights.count == input.count else {
            throw context.unsupported("a value of \(input.count) axes; only [N, C, L] and [N, C, H, W]")
        }
        let size = Array(weights[2...]), ones = [Int](repeating: 1, count: rank)
        let strides = try context.integers("strides") ?? ones, dilations = try context.integers("dilations") ?? ones
        let extra = try context.integers("output_padding") ?? ones.map { _ in 0 }
        let wanted = try context.integers("output_shape")
        let padding = try Padding(context, rank: rank)
        let counts = [size, strides, dilations, extra.map { $0 + ($0 == Int.max ? 0 : 1) }, wanted ?? ones]
        guard try context.integers("kernel_shape") ?? size == size,
            counts.allSatisfy({ $0.count == rank && $0.allSatisfy { (1...largest).contains($0) } })
        else { throw context.invalid("an impossible kernel, stride, dilation or output") }
        var axes: [TransposedAxis] = []
        for axis in 0..<rank {
            let span = (size[axis] - 1) * dilations[axis] + 1
            let whole = strides[axis] * (input[2 + axis] - 1) + extra[axis] + span
            let pads = padding.transposedPads(
                axis: axis, whole: whole, extent: input[2 + axis], stride: strides[axis], wanted: wanted?[axis])
            let output = wanted?[axis] ?? (whole - pads.before - pads.behind)
            guard output >= 1 else { throw context.invalid("pads that leave nothing") }
            axes.append(
                TransposedAxis(
                    input: input[2 + axis], taps: size[axis], stride: strides[axis], dilation: dilations[axis],
                    pad: pads.before, output: output))
        }
        return axes
    }
}

extension Padding {
    /// How much is cut off before and behind the result of a transposed convolution, which is `whole` long before that.
    fileprivate func transposedPads(
        axis: Int, whole: Int, extent: Int, stride: Int, wanted: Int?
    ) -> (before: Int, behind: Int) {
        switch self {
        case .explicit(let pads) where wanted == nil: return (pads[axis], pads[axis + pads.count / 2])
        case .explicit:
            // ONNX: the larger half is cut off before the result unless SAME_UPPER says otherwise.
            let total = max(0, whole - (wanted ?? whole))
            return (total - total / 2, total / 2)
        case .same(let oddBefore):
            let total = max(0, whole - (wanted ?? extent * stride))
            return oddBefore ? (total - total / 2, total / 2) : (total / 2, total - total / 2)
        }
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
