import CKernels

/// ONNX MaxPool-12 over images, on float32 or 8 bits; the result's size is rounded down.
struct MaxPool: Operator {
    static let name = "MaxPool"
    static let attributes = Window.attributes.union(["ceil_mode", "storage_order"])

    private let inputType: ValueType
    private let window: Window
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.value(0)
        guard try context.integer("ceil_mode", default: 0) == 0 else { throw context.unsupported("ceil_mode") }
        guard try context.integer("storage_order", default: 0) == 0 else { throw context.unsupported("storage_order") }
        window = try Window(context, input: inputType, kernelShape: nil)
        guard window.alwaysTouches else { throw context.invalid("a window that lies in the padding alone") }
        resultType = inputType.with(
            shape: [inputType.shape[0], inputType.shape[1], window.kernel.output_rows, window.kernel.output_columns])
    }

    var operations: Int { resultType.count.multipliedReportingOverflow(by: window.taps).partialValue }

    func body(_ kernels: KernelSet) -> any StepBody {
        if inputType.elementType.isQuantised {
            let range = ck_output_range(zero_point: 0, minimum: -128, maximum: 127)
            return quantisedBody(range, kernels)
        }
        return FloatMaxPoolBody(window: window.kernel, channels: inputType.shape[0] * inputType.shape[1])
    }

    /// The largest value is the largest real as long as both ends mean the same.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        group.isUniform ? quantisedBody(group.output.range(clamp: group.clamp), group.kernels) : nil
    }

    private func quantisedBody(_ range: ck_output_range, _ kernels: KernelSet) -> any StepBody {
        QuantisedMaxPoolBody(
            window: window, images: inputType.shape[0], channels: inputType.shape[1], range: range,
            kernel: kernels.kernel(CK_MAXPOOL_I8))
    }
}

private struct FloatMaxPoolBody: StepBody {
    let window: ck_window
    /// Of all images: each is a plane of its own.
    let channels: Int

    var kernelName: String { "maxpool_f32 scalar" }

    func run(_ buffers: StepBuffers) {
        withUnsafePointer(to: window) {
            ck_maxpool_f32($0, channels, buffers.input(0, as: Float.self), buffers.output(as: Float.self))
        }
    }
}

private struct QuantisedMaxPoolBody: StepBody {
    let window: Window
    let images: Int
    let channels: Int
    let range: ck_output_range
    let kernel: Kernel

    var kernelName: String { kernel.name }

    func run(_ buffers: StepBuffers) {
        for image in 0..<images {
            var arguments = ck_maxpool_i8(
                window: window.kernel, channels: channels,
                input: buffers.input(0, as: Int8.self) + image * channels * window.inputPlaces,
                output: buffers.output(as: Int8.self) + image * channels * window.outputPlaces, range: range)
            kernel.row.run.maxpool_i8(&arguments)
        }
    }
}
