// An ONNX operator is one file: what it accepts, the types it makes, and how it runs.

/// A node, decoded and checked.
protocol Operator: Sendable {
    /// Its name in the ONNX operator specification.
    static var name: String { get }
    /// The attributes it understands; any other refuses the model.
    static var attributes: Set<String> { get }

    /// Checks the node against what is implemented.
    init(_ context: NodeContext) throws(InferenceError)

    /// The type of its first result.
    var resultType: ValueType { get }
    /// The types of all results that it can make; what a node names beyond them may not be used.
    var resultTypes: [ValueType] { get }
    /// Which operands its bodies read, by position. Values of the run and constants alike; where all of them are
    /// constants the operator is computed while loading. Other operands (shapes, axes) were read by `init`.
    var operands: [Int] { get }
    /// Multiply-accumulates, or the operator's like of them; bounds the time of a run.
    var operations: Int { get }

    /// How it runs on the operands' own types.
    func body(_ kernels: KernelSet) -> any StepBody

    /// How it runs between a DequantizeLinear and a QuantizeLinear without leaving 8 bits, or nil where it cannot.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)?
    /// The values its result is limited to, for operators that can be fused into the one before them.
    var clamp: ClosedRange<Float>? { get }

    /// Whether its result is its first operand as it stands: who uses the result then reads the operand.
    var isPassage: Bool { get }

    /// What a node makes of a constant without losing that its values are integers with scales: weights.
    static func quantisedConstant(_ context: NodeContext) throws(InferenceError) -> QuantisedConstant?
}

extension Operator {
    static var attributes: Set<String> { [] }
    var resultTypes: [ValueType] { [resultType] }
    var operands: [Int] { [0] }
    var operations: Int { resultType.count }
    var clamp: ClosedRange<Float>? { nil }
    var isPassage: Bool { false }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { nil }
    static func quantisedConstant(_ context: NodeContext) throws(InferenceError) -> QuantisedConstant? { nil }
}
