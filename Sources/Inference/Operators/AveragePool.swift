/// ONNX AveragePool-11 to -22 over signals `[N, C, L]` and images `[N, C, H, W]`.
struct AveragePool: Operator {
    static let name = "AveragePool"
    static let attributes = Window.attributes.union(["ceil_mode", "count_include_pad"])

    private let pooling: Averaging
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatType(0)
        let window = try Window(
            context, input: input, kernelShape: nil, roundsUp: try context.flag("ceil_mode"))
        guard window.alwaysTouches else { throw context.invalid("a window that lies in the padding alone") }
        pooling = Averaging(
            window: window, inputShape: input.shape, countsPadding: try context.flag("count_include_pad"))
        resultType = input.with(shape: Array(input.shape[..<2]) + window.outputShape)
    }

    var operations: Int { pooling.operations }
    func body(_ kernels: KernelSet) -> any StepBody { FloatAveragePoolBody(pooling: pooling) }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { pooling.quantisedBody(group) }
}

/// ONNX GlobalAveragePool-1: the mean of each channel, `[N, C, 1, 1]` for images.
struct GlobalAveragePool: Operator {
    static let name = "GlobalAveragePool"

    private let pooling: Averaging
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatType(0)
        let spatial = input.shape.dropFirst(2)
        guard !spatial.isEmpty, !spatial.contains(0) else { throw context.invalid("a value without places") }
        pooling = Averaging(
            window: Window(coveringRows: spatial.dropLast().reduce(1, *), columns: spatial.last ?? 1),
            inputShape: input.shape, countsPadding: false)
        resultType = input.with(shape: Array(input.shape[..<2]) + spatial.map { _ in 1 })
    }

    var operations: Int { pooling.operations }
    func body(_ kernels: KernelSet) -> any StepBody { FloatAveragePoolBody(pooling: pooling) }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { pooling.quantisedBody(group) }
}

private struct Averaging: Sendable {
    let window: Window
    let inputShape: [Int]
    let countsPadding: Bool

    var images: Int { inputShape[0] }
    var channels: Int { inputShape[1] }

    var operations: Int {
        (images * channels * window.outputPlaces).multipliedReportingOverflow(by: window.taps).partialValue
    }

    /// Nil for signals and images of few channels, and where the sum of a window could overflow.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard let input = ImageShape(group.inputTypes[0]), let output = ImageShape(group.outputType), input.isBlocked,
            output.isBlocked
        else { return nil }
        return AveragePoolBody(
            window: window.kernel, endPads: (window.endPads[0], window.endPads[1]), countsPadding: countsPadding,
            input: input, output: output, group: group)
    }
}

private struct FloatAveragePoolBody: StepBody {
    let pooling: Averaging

    var kernelName: String { "averagepool float32" }

    func run(_ buffers: StepBuffers) {
        let planes = pooling.images * pooling.channels
        pooling.window.pool(buffers, planes: planes, from: Float(0), { $0 + $1 }) { sum, row, column in
            sum / Float(count(row, pooling.window.rows) * count(column, pooling.window.columns))
        }
    }

    /// How many taps of a window count along an axis. What lies behind the padding, where `ceil_mode` lets the last
    /// window reach, never does.
    private func count(_ window: Int, _ axis: WindowAxis) -> Int {
        pooling.countsPadding
            ? axis.taps(of: window, before: axis.pad, behind: axis.endPad).count : axis.taps(of: window).count
    }
}
