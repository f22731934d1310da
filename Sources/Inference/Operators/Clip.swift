/// ONNX Clip-13: min(max(x, low), high), with constant bounds; where these cross, the upper one is all there is.
struct Clip: ElementwiseOperator {
    static let name = "Clip"

    let resultType: ValueType
    /// Nil for integers.
    private let limits: ClosedRange<Float>?
    private let integerLimits: ClosedRange<Int>

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.type(0)
        guard resultType.elementType != .float32 else {
            let low = try context.float(operand: 1) ?? -Float.infinity
            let high = try context.float(operand: 2) ?? Float.infinity
            guard !low.isNaN, !high.isNaN else { throw context.invalid("a bound that is not a number") }
            limits = min(low, high)...high
            integerLimits = Int.min...Int.max
            return
        }
        guard [.int8, .uint8, .int32, .int64].contains(resultType.elementType) else {
            throw context.unsupported("an operand of type \(resultType.elementType.name)")
        }
        let high = try context.integer(operand: 2) ?? Int.max
        integerLimits = min(try context.integer(operand: 1) ?? Int.min, high)...high
        limits = nil
    }

    var clamp: ClosedRange<Float>? { limits }

    /// The real numbers that stay as they are when 8-bit values of this quantisation are clipped; nil where the operand
    /// is not of 8 bits.
    func clamp(of quantisation: Quantisation) -> ClosedRange<Float>? {
        guard resultType.elementType.isQuantised else { return nil }
        let offset = resultType.elementType == .uint8 ? 128 : 0
        return quantisation.reals(
            from: max(integerLimits.lowerBound, Int.min + offset) - offset, through: integerLimits.upperBound - offset)
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        if let limits { return ClampBody(count: resultType.count, limits: limits) }
        switch resultType.elementType {
        case .int8: return IntegerClampBody<Int8>(count: resultType.count, limits: integerLimits)
        case .uint8: return IntegerClampBody<UInt8>(count: resultType.count, limits: integerLimits)
        case .int32: return IntegerClampBody<Int32>(count: resultType.count, limits: integerLimits)
        default: return IntegerClampBody<Int64>(count: resultType.count, limits: integerLimits)
        }
    }
}

private struct IntegerClampBody<Element: TensorElement & FixedWidthInteger>: StepBody {
    let count: Int
    let limits: ClosedRange<Int>

    var kernelName: String { "clip \(Element.elementType.name)" }
    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Element.self), output = buffers.output(as: Element.self)
        let (low, high) = (Element(clamping: limits.lowerBound), Element(clamping: limits.upperBound))
        for index in 0..<count { output[index] = min(max(input[index], low), high) }
    }
}
