/// ONNX BatchNormalization-15 when a model is used, not trained: (x - mean) / sqrt(variance + epsilon) * scale + bias,
/// with one of each for every channel.
struct BatchNormalization: LineOperator {
    static let name = "BatchNormalization"
    static let attributes: Set<String> = ["epsilon", "momentum", "training_mode"]

    private let epsilon: Float
    let resultType: ValueType
    let channelLine: ChannelLine?

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatType(0)
        guard try !context.flag("training_mode") else { throw context.unsupported("training_mode") }
        epsilon = try context.float("epsilon", default: 1e-5)
        // A value of one axis is a batch of one channel.
        let channels = resultType.shape.count > 1 ? resultType.shape[1] : 1
        for index in 1...4 where try context.floatType(index).shape != [channels] {
            throw context.invalid("operand \(index) is not one number for each of \(channels) channels")
        }
        channelLine = (1...4).allSatisfy(context.isConstant) ? try Self.line(context, epsilon) : nil
    }

    var operands: [Int] { [0, 1, 2, 3, 4] }

    private static func line(_ context: NodeContext, _ epsilon: Float) throws(InferenceError) -> ChannelLine? {
        guard let scale = try context.constant(1)?.floats, let bias = try context.constant(2)?.floats,
            let mean = try context.constant(3)?.floats, let variance = try context.constant(4)?.floats
        else { return nil }
        let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
        let terms = factors.indices.map { bias[$0] - mean[$0] * factors[$0] }
        return ChannelLine(axis: 1, factors: factors, terms: terms)
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        let shape = resultType.shape
        return BatchNormalizationBody(
            images: shape.first ?? 1, channels: shape.count > 1 ? shape[1] : 1, places: shape.dropFirst(2).reduce(1, *),
            epsilon: epsilon)
    }
}

private struct BatchNormalizationBody: StepBody {
    let images: Int
    let channels: Int
    let places: Int
    let epsilon: Float

    var kernelName: String { "batchnormalization float32" }

    func run(_ buffers: StepBuffers) {
        let (scale, bias) = (buffers.input(1, as: Float.self), buffers.input(2, as: Float.self))
        let (mean, variance) = (buffers.input(3, as: Float.self), buffers.input(4, as: Float.self))
        for channel in 0..<channels {
            let factor = scale[channel] / (variance[channel] + epsilon).squareRoot()
            let offset = bias[channel] - mean[channel] * factor
            for image in 0..<images {
                let start = (image * channels + channel) * places
                let input = buffers.input(0, as: Float.self) + start, output = buffers.output(as: Float.self) + start
                for place in 0..<places { output[place] = input[place] * factor + offset }
            }
        }
    }
}
