import CKernels

/// ONNX DequantizeLinear-13 to -21: (x - zero point) * scale. Values of the run have 8 bits and one scale; constants
/// may be int32 (biases) and have one scale per entry of an axis.
struct DequantizeLinear: FoldingOperator {
    static let name = "DequantizeLinear"
    static let attributes: Set<String> = ["axis", "block_size", "output_dtype"]

    let inputType: ValueType
    let quantisation: Quantisation
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.value(0)
        let parameters = try QuantisationParameters(context, shape: inputType.shape)
        guard parameters.elementType == inputType.elementType, let quantisation = parameters.perTensor else {
            throw context.unsupported("a value of the run with more than one scale, or not of 8 bits")
        }
        self.quantisation = quantisation
        resultType = inputType.with(elementType: .float32)
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        DequantizeBody(type: inputType, quantisation: quantisation, kernel: kernels.kernel(CK_DEQUANTISE_I8_F32))
    }

    static func fold(_ context: NodeContext) throws(InferenceError) -> FoldedConstant? {
        guard case .constant(let tensor) = context.operand(0) else { return nil }
        guard tensor.elementType == .int8 || tensor.elementType == .uint8 || tensor.elementType == .int32 else {
            throw context.unsupported("a constant of \(tensor.elementType.name)")
        }
        let parameters = try QuantisationParameters(context, shape: tensor.shape, constantType: tensor.elementType)
        guard parameters.elementType == tensor.elementType else {
            throw context.invalid("a zero point of another type")
        }
        return .quantised(QuantisedConstant(tensor: tensor, parameters: parameters))
    }
}

private struct DequantizeBody: StepBody {
    let type: ValueType
    let quantisation: Quantisation
    let kernel: Kernel

    var kernelName: String { kernel.name }
    var scratchBytes: Int { type.isChannelsLast ? type.count : 0 }

    func run(_ buffers: StepBuffers) {
        var source = buffers.input(0, as: Int8.self)
        if type.isChannelsLast {
            type.toModelOrder(buffers.input(0, as: UInt8.self), buffers.scratch(as: UInt8.self))
            source = UnsafePointer(buffers.scratch(as: Int8.self))
        }
        var arguments = ck_dequantise_i8_f32(
            count: type.count, input: source, output: buffers.output(as: Float.self), scale: quantisation.scale,
            zero_point: quantisation.zeroPoint)
        kernel.row.run.dequantise_i8_f32(&arguments)
    }
}
