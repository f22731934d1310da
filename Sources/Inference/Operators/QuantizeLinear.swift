import CKernels

/// ONNX QuantizeLinear-13 to -21 to 8 bits: round half to even of x / scale, plus the zero point, saturated. Values of
/// the run have one scale; constants may have one per entry of an axis.
struct QuantizeLinear: FoldingOperator {
    static let name = "QuantizeLinear"
    static let attributes: Set<String> = ["axis", "saturate", "block_size", "output_dtype", "precision"]

    let inputType: ValueType
    let quantisation: Quantisation
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.floatValue(0)
        let parameters = try QuantisationParameters(context, shape: inputType.shape)
        guard let quantisation = parameters.perTensor else {
            throw context.unsupported("a value of the run with more than one scale, or not of 8 bits")
        }
        self.quantisation = quantisation
        resultType = inputType.with(elementType: parameters.elementType)
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        QuantizeBody(
            type: resultType, scale: quantisation.scale, range: quantisation.range(clamp: Quantisation.everything),
            kernel: kernels.kernel(CK_QUANTISE_F32_I8))
    }

    static func fold(_ context: NodeContext) throws(InferenceError) -> FoldedConstant? {
        guard case .constant(let tensor) = context.operand(0) else { return nil }
        guard let values = tensor.floats else { throw context.unsupported("a constant that is not float32") }
        let parameters = try QuantisationParameters(context, shape: tensor.shape)
        let channels = parameters.scales.count
        let inner = channels == 1 ? 1 : tensor.shape[(parameters.axis + 1)...].reduce(1, *)
        let limits: ClosedRange<Float> = parameters.elementType == .uint8 ? 0...255 : -128...127
        let quantised = values.indices.map { index in
            let channel = channels == 1 ? 0 : index / inner % channels
            let steps = (values[index] / parameters.scales[channel]).rounded(.toNearestOrEven)
            let value = steps + Float(parameters.zeroPoints[channel])
            return value.isNaN ? limits.lowerBound : min(max(value, limits.lowerBound), limits.upperBound)
        }
        switch parameters.elementType {
        case .int8: return .plain(Tensor(shape: tensor.shape, storage: .int8(quantised.map { Int8($0) })))
        case .uint8: return .plain(Tensor(shape: tensor.shape, storage: .uint8(quantised.map { UInt8($0) })))
        default: throw context.unsupported("quantising to \(parameters.elementType.name)")
        }
    }
}

private struct QuantizeBody: StepBody {
    let type: ValueType
    let scale: Float
    let range: ck_output_range
    let kernel: Kernel

    var kernelName: String { kernel.name }
    var scratchBytes: Int { type.isChannelsLast ? type.count : 0 }

    func run(_ buffers: StepBuffers) {
        // Quantised in the model's order, then brought into the arena's.
        let ordered = type.isChannelsLast ? buffers.scratch(as: Int8.self) : buffers.output(as: Int8.self)
        var arguments = ck_quantise_f32_i8(
            count: type.count, input: buffers.input(0, as: Float.self), output: ordered, scale: scale, range: range)
        kernel.row.run.quantise_f32_i8(&arguments)
        guard type.isChannelsLast else { return }
        type.toArenaOrder(buffers.scratch(as: UInt8.self), buffers.output(as: UInt8.self))
    }
}
