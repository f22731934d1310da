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
        let everything = ck_output_range(zero_point: 0, minimum: -128, maximum: 127)
        return blockedBody(inputType, everything, kernels)
            ?? PlaneMaximumBody<Int8>(window: window, planes: planes, lowest: .min)
    }

    /// The largest value is the largest real as long as both ends mean the same.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        group.isUniform ? blockedBody(group.inputTypes[0], group.range, group.kernels) : nil
    }

    private func blockedBody(_ type: ValueType, _ range: ck_output_range, _ kernels: KernelSet) -> (any StepBody)? {
        guard let input = ImageShape(type), let output = ImageShape(type.with(shape: resultType.shape)),
            input.isBlocked
        else { return nil }
        return MaxPoolBody(window: window.kernel, input: input, output: output, range: range, kernels: kernels)
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
