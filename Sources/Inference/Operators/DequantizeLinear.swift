import CKernels

/// ONNX DequantizeLinear-13 of 8-bit and int32 values: (x - zero point) * scale. One scale, or one for each entry of an
/// axis; scales and zero points are constants.
struct DequantizeLinear: Operator {
    static let name = "DequantizeLinear"
    static let attributes: Set<String> = ["axis", "block_size", "output_dtype"]

    private let inputType: ValueType
    private let parameters: QuantisationParameters
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.type(0)
        parameters = try QuantisationParameters(context, dequantising: inputType)
        resultType = inputType.with(elementType: .float32)
    }

    static func quantisedConstant(_ context: NodeContext) throws(InferenceError) -> QuantisedConstant? {
        guard case .constant(let tensor) = context.operand(0) else { return nil }
        return QuantisedConstant(
            tensor: tensor, parameters: try QuantisationParameters(context, dequantising: ValueType(tensor)))
    }

    /// The one scale and zero point of an 8-bit operand, or nil where there are several or it is not of 8 bits.
    var quantisation: Quantisation? { parameters.perTensor }

    func body(_ kernels: KernelSet) -> any StepBody {
        if let quantisation {
            return DequantizeBody(
                type: inputType, quantisation: quantisation, kernel: kernels.kernel(CK_DEQUANTISE_I8_F32))
        }
        return inputType.elementType == .int32
            ? AxisDequantizeBody<Int32>(shape: inputType.shape, parameters: parameters)
            : AxisDequantizeBody<Int8>(shape: inputType.shape, parameters: parameters)
    }
}

private struct DequantizeBody: StepBody {
    let type: ValueType
    let quantisation: Quantisation
    let kernel: Kernel

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        let planes = ValuePlanes(type)
        for image in 0..<planes.images {
            var arguments = ck_dequantise_i8_f32(
                channels: planes.channels, pixels: planes.pixels,
                input: buffers.input(0, as: Int8.self) + image * planes.bytesPerImage,
                output: buffers.output(as: Float.self) + image * planes.elementsPerImage,
                input_is_blocked: type.isBlocked ? 1 : 0, scale: quantisation.scale,
                zero_point: quantisation.zeroPoint, part: buffers.part, part_count: buffers.partCount)
            kernel.row.run.dequantise_i8_f32(&arguments)
        }
    }
}

/// With a scale for each entry of an axis, or of int32.
private struct AxisDequantizeBody<Element: TensorElement & FixedWidthInteger>: StepBody {
    let shape: [Int]
    let parameters: QuantisationParameters

    var kernelName: String { "dequantise by axis" }
    // Signed whatever the type, as the parameters' signed zero points are.
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Element.self), output = buffers.output(as: Float.self)
        for index in 0..<shape.reduce(1, *) {
            let entry = parameters.entry(of: index, shape: shape)
            output[index] = Float(Int(input[index]) - parameters.signedZeroPoint(entry)) * parameters.scales[entry]
        }
    }
}
