import CKernels

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

    /// Nil where the sum of a window could overflow, for signals, and where places behind the padding would count.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard inputShape.count == 4, !countsPadding || !window.exceedsPadding,
            window.taps <= Int(Int32.max) / 255
        else { return nil }
        return QuantisedAveragePoolBody(pooling: self, group: group)
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

private struct QuantisedAveragePoolBody: StepBody {
    private let pooling: Averaging
    private let input: Quantisation
    private let multiplier: Float
    private let range: ck_output_range
    private let kernel: Kernel

    init(pooling: Averaging, group: QuantisedGroup) {
        self.pooling = pooling
        input = group.inputs[0]
        multiplier = group.inputs[0].scale / group.output.scale
        range = group.output.range(clamp: group.clamp)
        kernel = group.kernels.kernel(CK_AVERAGEPOOL_I8)
    }

    var kernelName: String { kernel.name }
    var scratchBytes: Int { 4 * pooling.channels }

    func run(_ buffers: StepBuffers) {
        for image in 0..<pooling.images {
            let start = image * pooling.channels
            var arguments = ck_averagepool_i8(
                window: pooling.window.kernel, channels: pooling.channels,
                input: buffers.input(0, as: Int8.self) + start * pooling.window.inputPlaces,
                output: buffers.output(as: Int8.self) + start * pooling.window.outputPlaces,
                input_zero_point: input.zeroPoint, multiplier: multiplier,
                count_padding: pooling.countsPadding ? 1 : 0, range: range, scratch: buffers.scratch(as: Int32.self))
            kernel.row.run.averagepool_i8(&arguments)
        }
    }
}
