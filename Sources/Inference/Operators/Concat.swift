/// ONNX Concat-13: values one behind the other along an axis.
struct Concat: MovingOperator, JoiningOperator {
    static let name = "Concat"
    static let attributes: Set<String> = ["axis"]

    private let shapes: [[Int]]
    let axis: Int
    let operands: [Int]
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let types = try context.types()
        guard let first = types.first, context.node.attributes["axis"] != nil else {
            throw context.invalid("no operands or no axis")
        }
        axis = try context.axis(try context.integer("axis", default: 0), rank: first.shape.count)
        var shape = first.shape
        for type in types.dropFirst() {
            shape[axis] = type.shape.count == shape.count ? type.shape[axis] : -1
            guard type.shape == shape, type.elementType == first.elementType else {
                throw context.invalid("\(type.description) behind \(first.description) along axis \(axis)")
            }
        }
        shapes = types.map(\.shape)
        operands = Array(types.indices)
        shape[axis] = 0
        for type in types { shape[axis] += type.shape[axis] }
        resultType = first.with(shape: shape)
    }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        group.inputs.count == shapes.count ? ConcatenationBody(axis: axis, group: group) : nil
    }

    func movement(elementBytes: Int) -> any StepBody {
        let strides = rowMajorStrides(of: resultType.shape)
        var moves: [Move] = [], place = 0
        for (input, shape) in shapes.enumerated() {
            moves.append(
                Move(
                    shape: shape, from: rowMajorStrides(of: shape), input: input, to: strides,
                    outputOffset: place * strides[axis]))
            place += shape[axis]
        }
        return MoveBody(kernelName: "concat", elementBytes: elementBytes, moves: moves)
    }
}
