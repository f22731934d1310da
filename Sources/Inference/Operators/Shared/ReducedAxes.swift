/// The axes along which a value is reduced.
struct ReducedAxes: Sendable {
    let operand: ValueType
    /// Ascending.
    let axes: [Int]
    let resultShape: [Int]
    /// Over the result and the first of the elements that each of its elements stands for.
    let kept: StridedWalk
    /// Over the elements that one of the result's stands for.
    let reduced: StridedWalk
    /// How many elements that is.
    let count: Int

    /// From the attribute or operand `axes`; without either, all.
    init(_ context: NodeContext) throws(InferenceError) {
        let operand = try context.type(0), rank = operand.shape.count
        let listed = try context.axes(operand: 1, rank: rank) ?? []
        let none = try context.flag("noop_with_empty_axes")
        let axes = listed.isEmpty && !none ? Array(0..<rank) : listed
        guard [.float32, .int32, .int64, .int8, .uint8].contains(operand.elementType) else {
            throw context.unsupported("an operand of type \(operand.elementType.name)")
        }
        // The largest of no elements, or their mean, is none.
        guard operand.count > 0 else { throw context.unsupported("a value without elements") }
        self.init(operand, axes: axes, keepsAxes: try context.flag("keepdims", default: true))
    }

    init(_ operand: ValueType, axes: [Int], keepsAxes: Bool) {
        let strides = rowMajorStrides(of: operand.shape)
        let rest = operand.shape.indices.filter { !axes.contains($0) }
        let restShape = rest.map { operand.shape[$0] }
        self.operand = operand
        self.axes = axes.sorted()
        resultShape = keepsAxes
            ? operand.shape.indices.map { axes.contains($0) ? 1 : operand.shape[$0] } : restShape
        kept = StridedWalk(shape: restShape, strides: [rowMajorStrides(of: restShape), rest.map { strides[$0] }])
        let sorted = axes.sorted()
        reduced = StridedWalk(shape: sorted.map { operand.shape[$0] }, strides: [sorted.map { strides[$0] }])
        count = axes.reduce(1) { $0 * operand.shape[$1] }
    }

    /// Calls `work` for each element of the result, with its index and that of the first element it stands for.
    func forEachResult(_ work: (_ result: Int, _ start: Int) -> Void) {
        kept.forEachRow { offsets in
            for index in 0..<kept.rowLength { work(offsets[0] + index, offsets[1] + index * kept.rowStrides[1]) }
        }
    }

    /// Calls `work` with the index of each element that one of the result's stands for.
    func forEachElement(from start: Int, _ work: (Int) -> Void) {
        reduced.forEachRow { offsets in
            for index in 0..<reduced.rowLength { work(start + offsets[0] + index * reduced.rowStrides[0]) }
        }
    }
}

struct ReducingBody<Function: Reduction, Element: NumericElement>: StepBody {
    let axes: ReducedAxes

    var kernelName: String { "\(Function.name.lowercased()) \(Element.elementType.name)" }
    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Element.self), output = buffers.output(as: Element.self)
        axes.forEachResult { result, start in
            var accumulated = Function.initial
            axes.forEachElement(from: start) { accumulated = Function.combine(accumulated, input[$0].asDouble) }
            output[result] = Element(saturating: Function.finish(accumulated, count: axes.count))
        }
    }
}
