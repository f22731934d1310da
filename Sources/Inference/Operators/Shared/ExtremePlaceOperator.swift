/// ArgMax and ArgMin.
protocol ExtremePlaceOperator: Operator {
    var search: ExtremeSearch { get }
    init(search: ExtremeSearch)
    static func exceeds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool
}

/// What to search, along which axis.
struct ExtremeSearch: Sendable {
    let operand: ValueType
    let lines: AxisLines
    /// Of several equal elements the last counts, not the first.
    let takesLast: Bool
    let resultType: ValueType
}

extension ExtremePlaceOperator {
    static var attributes: Set<String> { ["axis", "keepdims", "select_last_index"] }

    init(_ context: NodeContext) throws(InferenceError) {
        let operand = try context.type(0)
        guard [.float32, .int8, .uint8, .int32, .int64].contains(operand.elementType), operand.count > 0 else {
            throw context.unsupported("an operand \(operand.description)")
        }
        let axis = try context.axis(try context.integer("axis", default: 0), rank: operand.shape.count)
        var shape = operand.shape
        if try context.flag("keepdims", default: true) { shape[axis] = 1 } else { shape.remove(at: axis) }
        self.init(
            search: ExtremeSearch(
                operand: operand, lines: AxisLines(shape: operand.shape, axis: axis),
                takesLast: try context.flag("select_last_index"),
                resultType: ValueType(elementType: .int64, shape: shape)))
    }

    var resultType: ValueType { search.resultType }
    var operations: Int { search.operand.count }

    func body(_ kernels: KernelSet) -> any StepBody {
        switch search.operand.elementType {
        // Held signed in row-major form, which keeps the order.
        case .uint8, .int8: ExtremePlaceBody<Self, Int8>(search: search)
        case .int32: ExtremePlaceBody<Self, Int32>(search: search)
        case .int64: ExtremePlaceBody<Self, Int64>(search: search)
        default: ExtremePlaceBody<Self, Float>(search: search)
        }
    }
}

private struct ExtremePlaceBody<Function: ExtremePlaceOperator, Element: TensorElement & Comparable>: StepBody {
    let search: ExtremeSearch

    var kernelName: String { "\(Function.name.lowercased()) \(Element.elementType.name)" }
    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Element.self), output = buffers.output(as: Int64.self)
        let lines = search.lines
        lines.forEach { start, line in
            var best = 0
            for index in 1..<max(lines.extent, 1) {
                let (value, record) = (input[start + index * lines.stride], input[start + best * lines.stride])
                if Function.exceeds(value, record) || search.takesLast && value == record { best = index }
            }
            output[line] = Int64(best)
        }
    }
}
