import CKernels

/// ONNX AveragePool-11 to -22 over images; the result's size is rounded down.
struct AveragePool: Operator {
    static let name = "AveragePool"
    static let attributes = Window.attributes.union(["ceil_mode", "count_include_pad"])

    private let pooling: Averaging
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatValue(0)
        guard try context.integer("ceil_mode", default: 0) == 0 else { throw context.unsupported("ceil_mode") }
        let window = try Window(context, input: input, kernelShape: nil)
        guard window.alwaysTouches else { throw context.invalid("a window that lies in the padding alone") }
        let countsPadding = try context.integer("count_include_pad", default: 0) != 0
        pooling = Averaging(
            window: window, images: input.shape[0], channels: input.shape[1], countsPadding: countsPadding)
        resultType = input.with(
            shape: [input.shape[0], input.shape[1], window.kernel.output_rows, window.kernel.output_columns])
    }

    var operations: Int { pooling.operations }
    func body(_ kernels: KernelSet) -> any StepBody { FloatAveragePoolBody(pooling: pooling) }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { pooling.quantisedBody(group) }
}

/// ONNX GlobalAveragePool-1 over images: the mean of each channel, `[N, C, 1, 1]`.
struct GlobalAveragePool: Operator {
    static let name = "GlobalAveragePool"

    private let pooling: Averaging
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.floatValue(0)
        guard input.shape.count == 4 else { throw context.unsupported("a value of \(input.shape.count) axes") }
        pooling = Averaging(
            window: Window(coveringRows: input.shape[2], columns: input.shape[3]), images: input.shape[0],
            channels: input.shape[1], countsPadding: false)
        resultType = input.with(shape: [input.shape[0], input.shape[1], 1, 1])
    }

    var operations: Int { pooling.operations }
    func body(_ kernels: KernelSet) -> any StepBody { FloatAveragePoolBody(pooling: pooling) }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { pooling.quantisedBody(group) }
}

private struct Averaging: Sendable {
    let window: Window
    let images: Int
    let channels: Int
    let countsPadding: Bool

    var operations: Int {
        (images * channels * window.outputPlaces).multipliedReportingOverflow(by: window.taps).partialValue
    }

    /// Nil where the sum of a window could overflow.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard window.taps <= Int(Int32.max) / 255 else { return nil }
        return QuantisedAveragePoolBody(pooling: self, group: group)
    }
}

private struct FloatAveragePoolBody: StepBody {
    let pooling: Averaging

    var kernelName: String { "averagepool_f32 scalar" }

    func run(_ buffers: StepBuffers) {
        withUnsafePointer(to: pooling.window.kernel) {
            ck_averagepool_f32(
                $0, pooling.images * pooling.channels, pooling.countsPadding ? 1 : 0,
                buffers.input(0, as: Float.self), buffers.output(as: Float.self))
        }
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
