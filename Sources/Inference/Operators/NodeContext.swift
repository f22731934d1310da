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

    func operand(_ index: Int) -> Operand { index < operands.count ? operands[index] : .absent }

    /// The type of a run-time operand.
    func value(_ index: Int) throws(InferenceError) -> ValueType {
        switch operand(index) {
        case .value(let type): return type
        case .absent: throw invalid("operand \(index) is missing")
        default: throw unsupported("operand \(index) is a constant")
        }
    }

    /// The type of a run-time float32 operand.
    func floatValue(_ index: Int) throws(InferenceError) -> ValueType {
        let type = try value(index)
        guard type.elementType == .float32 else { throw unsupported("an operand of \(type.elementType.name)") }
        return type
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

    func integers(_ name: String) throws(InferenceError) -> [Int]? {
        guard let attribute = node.attributes[name] else { return nil }
        guard case .integers(let values) = attribute else { throw wrongKind(name) }
        return values
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
