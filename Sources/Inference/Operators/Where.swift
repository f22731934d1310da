/// ONNX Where-16: elements of one value where a condition holds, of another where it does not, all broadcast.
struct Where: ElementwiseOperator {
    static let name = "Where"

    private let shapes: [[Int]]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let types = try context.types()
        guard types.count == 3, types[0].elementType == .bool, types[1].elementType == types[2].elementType else {
            throw context.invalid("other operands than a condition and two values of one type")
        }
        shapes = types.map(\.shape)
        guard let shape = broadcastShape(of: shapes) else {
            throw context.invalid("\(shapes.map { describe(shape: $0) }.joined(separator: ", ")) do not broadcast")
        }
        resultType = types[1].with(shape: shape)
    }

    var operands: [Int] { [0, 1, 2] }

    func body(_ kernels: KernelSet) -> any StepBody {
        let shape = resultType.shape
        let strides = [rowMajorStrides(of: shape)] + shapes.map { broadcastStrides(of: $0, to: shape) }
        let walk = StridedWalk(shape: shape, strides: strides)
        switch resultType.elementType.byteCount {
        case 1: return WhereBody<UInt8>(walk: walk)
        case 2: return WhereBody<UInt16>(walk: walk)
        case 4: return WhereBody<UInt32>(walk: walk)
        default: return WhereBody<UInt64>(walk: walk)
        }
    }
}

/// - Note: `Lane` stands for any element of its size.
private struct WhereBody<Lane: BitwiseCopyable & Sendable>: StepBody {
    let walk: StridedWalk

    var kernelName: String { "where" }
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Lane.self), conditions = buffers.input(0, as: Bool.self)
        let (left, right) = (buffers.input(1, as: Lane.self), buffers.input(2, as: Lane.self))
        let steps = walk.rowStrides
        walk.forEachRow { at in
            for index in 0..<walk.rowLength {
                output[at[0] + index] = conditions[at[1] + index * steps[1]]
                    ? left[at[2] + index * steps[2]] : right[at[3] + index * steps[3]]
            }
        }
    }
}
