// An ONNX operator is one file: what it accepts, the type it makes, and how it runs.

/// A node, decoded and checked. Each has one result.
protocol Operator: Sendable {
    /// Its name in the ONNX operator specification.
    static var name: String { get }
    /// The attributes it understands; any other refuses the model.
    static var attributes: Set<String> { get }

    /// Checks the node against what is implemented.
    init(_ context: NodeContext) throws(InferenceError)

    var resultType: ValueType { get }
    /// Which operands are values of the run, by position.
    var runtimeOperands: [Int] { get }
    /// Multiply-accumulates, or the operator's like of them; bounds the time of a run.
    var operations: Int { get }

    /// How it runs on the operands' own types.
    func body(_ kernels: KernelSet) -> any StepBody

    /// How it runs between a DequantizeLinear and a QuantizeLinear without leaving 8 bits, or nil where it cannot.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)?
    /// The values its result is limited to, for operators that can be fused into the one before them.
    var clamp: ClosedRange<Float>? { get }
}

extension Operator {
    static var attributes: Set<String> { [] }
    var runtimeOperands: [Int] { [0] }
    var operations: Int { resultType.count }
    var clamp: ClosedRange<Float>? { nil }
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { nil }
}

/// An operator that is computed while loading when its operands are constants.
protocol FoldingOperator: Operator {
    static func fold(_ context: NodeContext) throws(InferenceError) -> FoldedConstant?
}

enum FoldedConstant {
    case plain(Tensor)
    case quantised(QuantisedConstant)
}

/// What surrounds an operator that runs in 8 bits.
struct QuantisedGroup {
    /// Of the run-time operands, in order.
    let inputs: [Quantisation]
    let output: Quantisation
    /// What fused ReLU and Clip leave.
    let clamp: ClosedRange<Float>
    /// Input and result have the very same scale and zero point.
    var isUniform: Bool { inputs.allSatisfy { $0 == output } }
    let kernels: KernelSet
}

/// What a step does at run time. Buffers are where the plan put them and as long as the types say.
protocol StepBody: Sendable {
    /// The kernel that runs, `conv2d_i8 neon`, or how else the step is done.
    var kernelName: String { get }
    var scratchBytes: Int { get }
    /// Bytes of packed weights it keeps.
    var constantBytes: Int { get }
    func run(_ buffers: StepBuffers)
}

extension StepBody {
    var scratchBytes: Int { 0 }
    var constantBytes: Int { 0 }
}

/// The memory of one step during one run; aligned to 64 bytes.
struct StepBuffers {
    let inputs: [UnsafeMutableRawPointer]
    let output: UnsafeMutableRawPointer
    let scratch: UnsafeMutableRawPointer

    func input<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element> {
        UnsafePointer(inputs[index].assumingMemoryBound(to: type))
    }

    func output<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        output.assumingMemoryBound(to: type)
    }

    func scratch<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        scratch.assumingMemoryBound(to: type)
    }
}

/// All operators, by name. A new one is a file and a row.
enum OperatorRegistry {
    static let operators: [String: any Operator.Type] = {
        let all: [any Operator.Type] = [
            Add.self, AveragePool.self, Clip.self, Constant.self, Conv.self, DequantizeLinear.self, Flatten.self,
            Gemm.self, GlobalAveragePool.self, MaxPool.self, QuantizeLinear.self, Relu.self, Reshape.self,
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }()
}
