import CKernels

/// ONNX QuantizeLinear-13 to 8 bits: round half to even of x / scale, plus the zero point, saturated. One scale, or one
/// for each entry of an axis; scales and zero points are constants.
struct QuantizeLinear: Operator {
    static let name = "QuantizeLinear"
    static let attributes: Set<String> = ["axis", "saturate", "block_size", "output_dtype", "precision"]

    private let inputType: ValueType
    private let parameters: QuantisationParameters
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.floatType(0)
        parameters = try QuantisationParameters(context, shape: inputType.shape)
        guard parameters.elementType.isQuantised else {
            throw context.unsupported("quantising to \(parameters.elementType.name)")
        }
        resultType = inputType.with(elementType: parameters.elementType)
    }

    /// The one scale and zero point of the result, or nil where there are several.
    var quantisation: Quantisation? { parameters.perTensor }

    func body(_ kernels: KernelSet) -> any StepBody {
        guard let quantisation else { return AxisQuantizeBody(type: inputType, parameters: parameters) }
        return body(kernels, quantisation, clamp: Quantisation.everything)
    }

    /// With one scale, and results limited to what real numbers within `clamp` become.
    func body(_ kernels: KernelSet, _ quantisation: Quantisation, clamp: ClosedRange<Float>) -> any StepBody {
        QuantizeBody(
            type: resultType, scale: quantisation.scale, range: quantisation.range(clamp: clamp),
            kernel: kernels.kernel(CK_QUANTISE_F32_I8))
    }
}

private struct QuantizeBody: StepBody {
    let type: ValueType
    let scale: Float
    let range: ck_output_range
    let kernel: Kernel

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        let planes = ValuePlanes(type)
        for image in 0..<planes.images {
            var arguments = ck_quantise_f32_i8(
                channels: planes.channels, pixels: planes.pixels,
                input: buffers.input(0, as: Float.self) + image * planes.elementsPerImage,
                output: buffers.output(as: Int8.self) + image * planes.bytesPerImage,
                output_is_blocked: type.isBlocked ? 1 : 0, scale: scale, range: range, part: buffers.part,
                part_count: buffers.partCount)
            kernel.row.run.quantise_f32_i8(&arguments)
        }
    }
}

/// With a scale for each entry of an axis.
private struct AxisQuantizeBody: StepBody {
    let type: ValueType
    let parameters: QuantisationParameters

    var kernelName: String { "quantise by axis" }
    // Signed whatever the type, as the parameters' signed zero points are.
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Float.self), output = buffers.output(as: Int8.self)
        for index in 0..<type.count {
            let entry = parameters.entry(of: index, shape: type.shape)
            let steps = (input[index] / parameters.scales[entry]).rounded(.toNearestOrEven)
            let value = steps + Float(parameters.signedZeroPoint(entry))
            output[index] = value.isNaN ? -128 : Int8(min(max(value, -128), 127))
        }
    }
}
