/// Operands of one type that are broadcast to one shape.
struct Broadcast: Sendable {
    let operands: [ValueType]
    let shape: [Int]

    var elementType: ElementType { operands[0].elementType }

    /// The types of all operands of a node, which `counts` says how many there may be of.
    init(_ context: NodeContext, counts: ClosedRange<Int>, types: Set<ElementType>) throws(InferenceError) {
        let operands = try context.types()
        guard counts.contains(operands.count), let first = operands.first else {
            throw context.invalid("\(operands.count) operands")
        }
        guard operands.allSatisfy({ $0.elementType == first.elementType }) else {
            throw context.invalid("operands of different types")
        }
        guard types.contains(first.elementType) else {
            throw context.unsupported("operands of type \(first.elementType.name)")
        }
        guard let shape = broadcastShape(of: operands.map(\.shape)) else {
            let shapes = operands.map { describe(shape: $0.shape) }
            throw context.invalid("\(shapes.joined(separator: " and ")) do not broadcast")
        }
        self.operands = operands
        self.shape = shape
    }

    /// A walk over the result and some of the operands, in this order.
    func walk(_ indices: [Int]) -> StridedWalk {
        let strides = indices.map { broadcastStrides(of: operands[$0].shape, to: shape) }
        return StridedWalk(shape: shape, strides: [rowMajorStrides(of: shape)] + strides)
    }
}

/// Combines its operands element by element, from the first to the last.
struct CombiningBody<Element: TensorElement>: StepBody {
    let kernelName: String
    private let first: StridedWalk
    private let rest: [StridedWalk]
    private let combine: @Sendable (Element, Element) -> Element

    init(_ name: String, _ broadcast: Broadcast, _ combine: @escaping @Sendable (Element, Element) -> Element) {
        kernelName = "\(name) \(Element.elementType.name)"
        first = broadcast.walk([0])
        rest = broadcast.operands.indices.dropFirst().map { broadcast.walk([$0]) }
        self.combine = combine
    }

    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Element.self)
        let start = buffers.input(0, as: Element.self)
        first.forEachRow { offsets in
            let (to, from) = (output + offsets[0], start + offsets[1])
            for index in 0..<first.rowLength { to[index] = from[index * first.rowStrides[1]] }
        }
        for (operand, walk) in rest.enumerated() {
            let values = buffers.input(operand + 1, as: Element.self)
            walk.forEachRow { offsets in
                let (to, from) = (output + offsets[0], values + offsets[1])
                for index in 0..<walk.rowLength { to[index] = combine(to[index], from[index * walk.rowStrides[1]]) }
            }
        }
    }
}

/// Asks a question of two operands, element by element.
struct ComparingBody<Element: TensorElement>: StepBody {
    let kernelName: String
    private let walk: StridedWalk
    private let holds: @Sendable (Element, Element) -> Bool

    init(_ name: String, _ broadcast: Broadcast, _ holds: @escaping @Sendable (Element, Element) -> Bool) {
        kernelName = "\(name) \(Element.elementType.name)"
        walk = broadcast.walk([0, 1])
        self.holds = holds
    }

    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Bool.self)
        let (left, right) = (buffers.input(0, as: Element.self), buffers.input(1, as: Element.self))
        walk.forEachRow { offsets in
            let (to, a, b) = (output + offsets[0], left + offsets[1], right + offsets[2])
            for index in 0..<walk.rowLength {
                to[index] = holds(a[index * walk.rowStrides[1]], b[index * walk.rowStrides[2]])
            }
        }
    }
}
