/// What a model is and what running it takes, for people (``description``) and for programs (Codable).
public struct ModelInspection: Sendable, Codable, Equatable, CustomStringConvertible {
    public let metadata: [String: String]
    public let producer: String
    /// The version of ONNX's default operator set.
    public let operatorSet: Int
    public let inputs: [ExecutionPlan.Value]
    public let outputs: [ExecutionPlan.Value]
    /// Nodes of the file by operator.
    public let operators: [String: Int]
    /// Elements of all constants.
    public let parameterCount: Int
    /// Of convolutions and matrix products in one run.
    public let multiplyAccumulates: Int
    /// Memory of one run on one thread.
    public let arenaBytes: Int
    /// What each further thread adds.
    public let threadBytes: Int
    /// Memory the plan keeps: packed weights.
    public let constantBytes: Int
    /// What runs, in order.
    public let steps: [ExecutionPlan.Node]

    public init(_ model: Model, _ plan: ExecutionPlan) {
        metadata = model.metadata
        producer = model.producer
        operatorSet = model.operatorSet
        inputs = plan.inputs
        outputs = plan.outputs
        operators = model.graph.nodes.reduce(into: [:]) { $0[$1.operatorName, default: 0] += 1 }
        parameterCount = model.parameterCount
        multiplyAccumulates = plan.multiplyAccumulates
        arenaBytes = plan.memoryPlan.arenaBytes(threads: 1)
        threadBytes = plan.memoryPlan.scratchBytes
        constantBytes = plan.memoryPlan.constantBytes
        steps = plan.nodes
    }

    /// Reads, plans and describes a model.
    public init(contentsOfFile path: String, options: PlanOptions = .init()) throws(InferenceError) {
        let model = try Model(contentsOfFile: path, readsExternalData: true)
        self.init(model, try ExecutionPlan(model, options: options))
    }

    /// Several lines of text, without a trailing newline.
    public var description: String {
        var lines = inputs.map { "input       \($0.description)" } + outputs.map { "output      \($0.description)" }
        let counts = operators.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("operators   " + counts.joined(separator: ", "))
        lines.append("parameters  \(parameterCount)")
        lines.append("work        \(multiplyAccumulates) multiply-accumulates a run")
        lines.append(
            "memory      \(arenaBytes) bytes a run, \(threadBytes) more for each further thread, "
                + "\(constantBytes) bytes of packed weights")
        lines.append("in float    \(floatShare)")
        lines.append("made by     \(producer.isEmpty ? "unknown" : producer), operator set \(operatorSet)")
        lines += metadata.sorted { $0.key < $1.key }.map { "metadata    \($0.key) = \(SafeText.oneLine($0.value))" }
        let width = steps.map(\.kernel.count).max() ?? 0
        for (index, step) in steps.enumerated() {
            let number = SafeText.padded("\(index)", 11), kernel = SafeText.padded(step.kernel, width)
            let shapes = step.outputs.map { describe(shape: $0.shape) }.joined(separator: " ")
            let names = step.operators.joined(separator: "+"), end = step.isFloat ? "  (float)" : ""
            lines.append("\(number) \(kernel)  \(names)  \(shapes)  \(SafeText.oneLine(step.name))\(end)")
        }
        return lines.joined(separator: "\n")
    }

    /// How much of the work is not done in 8 bits.
    private var floatShare: String {
        let float = steps.filter(\.isFloat)
        guard !float.isEmpty else { return "nothing" }
        let all = max(1, steps.reduce(0) { $0 + $1.operations }), part = float.reduce(0) { $0 + $1.operations }
        let share = Decimals.text(Double(part) / Double(all) * 100, places: 1)
        return "\(float.count) of \(steps.count) steps, \(share) % of the operations"
    }
}
