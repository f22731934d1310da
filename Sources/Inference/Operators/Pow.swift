/// ONNX Pow-15: a to the power of b, broadcast; the result has a's type, whatever b's. Exporters write squares with
/// it.
struct Pow: ElementwiseOperator {
    static let name = "Pow"

    private let base: ValueType
    private let exponent: ValueType
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let known: [ElementType] = [.float32, .int32, .int64]
        base = try context.type(0)
        exponent = try context.type(1)
        for type in [base, exponent] where !known.contains(type.elementType) {
            throw context.unsupported("an operand of type \(type.elementType.name)")
        }
        guard let shape = broadcastShape(of: [base.shape, exponent.shape]) else {
            throw context.invalid(
                "\(describe(shape: base.shape)) and \(describe(shape: exponent.shape)) do not broadcast")
        }
        resultType = base.with(shape: shape)
    }

    var operands: [Int] { [0, 1] }

    func body(_ kernels: KernelSet) -> any StepBody {
        switch base.elementType {
        case .int32: body(Int32.self)
        case .int64: body(Int64.self)
        default: body(Float.self)
        }
    }

    private func body<Base: NumericElement>(_: Base.Type) -> any StepBody {
        let shape = resultType.shape
        let walk = StridedWalk(
            shape: shape,
            strides: [
                rowMajorStrides(of: shape), broadcastStrides(of: base.shape, to: shape),
                broadcastStrides(of: exponent.shape, to: shape),
            ])
        switch exponent.elementType {
        case .int32: return PowBody<Base, Int32>(walk: walk)
        case .int64: return PowBody<Base, Int64>(walk: walk)
        default: return PowBody<Base, Float>(walk: walk)
        }
    }
}

private struct PowBody<Base: NumericElement, Exponent: NumericElement>: StepBody {
    let walk: StridedWalk

    var kernelName: String { "pow \(Base.elementType.name)" }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Base.self)
        let (bases, exponents) = (buffers.input(0, as: Base.self), buffers.input(1, as: Exponent.self))
        walk.forEachRow { offsets in
            for index in 0..<walk.rowLength {
                let base = bases[offsets[1] + index * walk.rowStrides[1]].asDouble
                let exponent = exponents[offsets[2] + index * walk.rowStrides[2]].asDouble
                let power = exponent == 2 ? base * base : Mathematics.power(base, exponent)
                output[offsets[0] + index] = Base(saturating: power)
            }
        }
    }
}
