/// A node as its operator sees it: operands with their types, attributes with checked kinds.
struct NodeContext {
    enum Operand {
        case absent
        /// A value of the run.
        case value(ValueType)
        case constant(Tensor)
        /// A constant behind a DequantizeLinear.
        case quantisedConstant(QuantisedConstant)
    }

    let node: Node
    let operands: [Operand]
    let operatorSet: Int
    let limits: ModelLimits

    func operand(_ index: Int) -> Operand { index < operands.count ? operands[index] : .absent }

    /// Whether an optional operand is there.
    func has(_ index: Int) -> Bool {
        if case .absent = operand(index) { false } else { true }
    }

    /// Whether an operand is known before the run.
    func isConstant(_ index: Int) -> Bool {
        switch operand(index) {
        case .constant, .quantisedConstant: true
        case .value, .absent: false
        }
    }

    /// What an operand is, whether a value of the run or a constant.
    func type(_ index: Int) throws(InferenceError) -> ValueType {
        switch operand(index) {
        case .value(let type): return type
        case .constant(let tensor): return ValueType(tensor)
        case .quantisedConstant(let constant): return constant.type
        case .absent: throw invalid("operand \(index) is missing")
        }
    }

    /// The type of a float32 operand.
    func floatType(_ index: Int) throws(InferenceError) -> ValueType {
        let type = try type(index)
        guard type.elementType == .float32 else {
            throw unsupported("operand \(index) of type \(type.elementType.name)")
        }
        return type
    }

    /// The types of all operands, none of which is absent.
    func types() throws(InferenceError) -> [ValueType] {
        var types: [ValueType] = []
        for index in operands.indices { types.append(try type(index)) }
        return types
    }

    /// A constant operand, or nil where an optional one is absent. Quantised ones come with the real values.
    func constant(_ index: Int) throws(InferenceError) -> FloatConstant? {
        switch operand(index) {
        case .absent: return nil
        case .constant(let tensor):
            guard tensor.elementType == .float32 else { throw unsupported("a constant of \(tensor.elementType.name)") }
            return .plain(tensor)
        case .quantisedConstant(let constant): return .quantised(constant)
        case .value: throw unsupported("operand \(index) is not a constant")
        }
    }

    /// A constant operand of integers or floats as it stands in the file, or nil where it is absent.
    func plainConstant(_ index: Int) throws(InferenceError) -> Tensor? {
        switch operand(index) {
        case .absent: return nil
        case .constant(let tensor): return tensor
        default: throw unsupported("operand \(index) is not a constant")
        }
    }

    /// The integers of a constant operand, or nil where it is absent: shapes, axes, pads.
    func integers(operand index: Int) throws(InferenceError) -> [Int]? {
        guard let constant = try plainConstant(index) else { return nil }
        guard let integers = constant.integers else { throw invalid("operand \(index) does not hold integers") }
        return integers
    }

    /// The only integer of a constant operand, or nil where it is absent.
    func integer(operand index: Int) throws(InferenceError) -> Int? {
        guard let integers = try integers(operand: index) else { return nil }
        guard integers.count == 1 else { throw invalid("operand \(index) is not one integer") }
        return integers[0]
    }

    /// The real number of a constant operand, or nil where it is absent.
    func float(operand index: Int) throws(InferenceError) -> Float? {
        guard let values = try constant(index)?.floats else { return nil }
        guard values.count == 1 else { throw invalid("operand \(index) is not one number") }
        return values[0]
    }

    /// An axis of a value, counted from the end where it is negative.
    func axis(_ axis: Int, rank: Int) throws(InferenceError) -> Int {
        guard (-rank..<rank).contains(axis) else { throw invalid("axis \(axis) of \(rank)") }
        return axis < 0 ? axis + rank : axis
    }

    /// Several axes of a value, each at most once.
    func axes(_ axes: [Int], rank: Int) throws(InferenceError) -> [Int] {
        guard axes.count <= min(rank, limits.axes) else { throw invalid("\(axes.count) axes where there are \(rank)") }
        var found: [Int] = []
        for axis in axes {
            let axis = try self.axis(axis, rank: rank)
            guard !found.contains(axis) else { throw invalid("axis \(axis) twice") }
            found.append(axis)
        }
        return found
    }

    /// Axes from the attribute `axes` or, as newer operator sets have it, from an operand; nil where there are none.
    func axes(operand index: Int, rank: Int) throws(InferenceError) -> [Int]? {
        let attribute = try integers("axes"), operand = try integers(operand: index)
        guard attribute == nil || operand == nil else { throw invalid("axes as attribute and as operand") }
        guard let listed = attribute ?? operand else { return nil }
        return try axes(listed, rank: rank)
    }

    func integer(_ name: String, default standard: Int) throws(InferenceError) -> Int {
        guard let attribute = node.attributes[name] else { return standard }
        guard case .integer(let value) = attribute else { throw wrongKind(name) }
        return value
    }

    func float(_ name: String, default standard: Float) throws(InferenceError) -> Float {
        guard let attribute = node.attributes[name] else { return standard }
        guard case .float(let value) = attribute else { throw wrongKind(name) }
        return value
    }

    func text(_ name: String, default standard: String) throws(InferenceError) -> String {
        guard let attribute = node.attributes[name] else { return standard }
        guard case .text(let value) = attribute else { throw wrongKind(name) }
        return value
    }

    func flag(_ name: String, default standard: Bool = false) throws(InferenceError) -> Bool {
        try integer(name, default: standard ? 1 : 0) != 0
    }

    func integers(_ name: String) throws(InferenceError) -> [Int]? {
        guard let attribute = node.attributes[name] else { return nil }
        guard case .integers(let values) = attribute else { throw wrongKind(name) }
        return values
    }

    func floats(_ name: String) throws(InferenceError) -> [Float]? {
        guard let attribute = node.attributes[name] else { return nil }
        guard case .floats(let values) = attribute else { throw wrongKind(name) }
        return values
    }

    func tensor(_ name: String) throws(InferenceError) -> Tensor? {
        guard let attribute = node.attributes[name] else { return nil }
        guard case .tensor(let tensor) = attribute else { throw wrongKind(name) }
        return tensor
    }

    func invalid(_ problem: String) -> InferenceError { .invalidGraph(node: node.label, problem: problem) }

    func unsupported(_ problem: String) -> InferenceError {
        .unsupported(operator: node.operatorName, node: node.label, problem: problem)
    }

    private func wrongKind(_ name: String) -> InferenceError { invalid("the attribute \(name) is of the wrong kind") }
}

/// A constant that stands for real numbers.
enum FloatConstant {
    case plain(Tensor)
    case quantised(QuantisedConstant)

    var shape: [Int] {
        switch self {
        case .plain(let tensor): tensor.shape
        case .quantised(let constant): constant.tensor.shape
        }
    }

    /// The real numbers.
    var floats: [Float] {
        switch self {
        case .plain(let tensor): tensor.floats ?? []
        case .quantised(let constant): constant.dequantised().floats ?? []
        }
    }
}
