import CKernels

/// ONNX MaxPool-12 over signals `[N, C, L]` and images `[N, C, H, W]`, on float32 or 8 bits. The second result, the
/// places of the maxima, is not made; `storage_order` speaks of it alone.
struct MaxPool: Operator {
    static let name = "MaxPool"
    static let attributes = Window.attributes.union(["ceil_mode", "storage_order"])

    private let inputType: ValueType
    private let window: Window
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.type(0)
        guard inputType.elementType == .float32 || inputType.elementType.isQuantised else {
            throw context.unsupported("an operand of type \(inputType.elementType.name)")
        }
        window = try Window(
            context, input: inputType, kernelShape: nil, roundsUp: try context.flag("ceil_mode"))
        guard window.alwaysTouches else { throw context.invalid("a window that lies in the padding alone") }
        resultType = inputType.with(shape: Array(inputType.shape[..<2]) + window.outputShape)
    }

    var operations: Int { resultType.count.multipliedReportingOverflow(by: window.taps).partialValue }

    func body(_ kernels: KernelSet) -> any StepBody {
        let planes = inputType.shape[0] * inputType.shape[1]
        guard inputType.elementType.isQuantised else {
            return PlaneMaximumBody<Float>(window: window, planes: planes, lowest: -.infinity)
        }
        guard inputType.shape.count == 4 else {
            return PlaneMaximumBody<Int8>(window: window, planes: planes, lowest: .min)
        }
        return quantisedBody(ck_output_range(zero_point: 0, minimum: -128, maximum: 127), kernels)
    }

    /// The largest value is the largest real as long as both ends mean the same.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        group.isUniform && inputType.shape.count == 4
            ? quantisedBody(group.output.range(clamp: group.clamp), group.kernels) : nil
    }

    private func quantisedBody(_ range: ck_output_range, _ kernels: KernelSet) -> any StepBody {
        QuantisedMaxPoolBody(
            window: window, images: inputType.shape[0], channels: inputType.shape[1], range: range,
            kernel: kernels.kernel(CK_MAXPOOL_I8))
    }
}

private struct PlaneMaximumBody<Element: TensorElement & Comparable>: StepBody {
    let window: Window
    /// Channels of all images: each is a plane of its own.
    let planes: Int
    let lowest: Element

    var kernelName: String { "maxpool \(Element.elementType.name)" }
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        window.pool(buffers, planes: planes, from: lowest, { $1 > $0 ? $1 : $0 }, { maximum, _, _ in maximum })
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
