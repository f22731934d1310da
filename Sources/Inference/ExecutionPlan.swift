/// A model made ready to run: steps in order, weights packed for this processor, memory laid out.
///
/// A plan never changes; any number of threads may run it at once, each run with memory of its own. Whoever runs it
/// often does so through a ``PlanRunner``, which keeps that memory and has threads.
public struct ExecutionPlan: Sendable {
    /// A value at the plan's edge or between its steps, in ONNX's terms.
    public struct Value: Sendable, Codable, Equatable, CustomStringConvertible {
        public let name: String
        /// `[N, C, H, W]` for images, whatever the memory's order.
        public let shape: [Int]
        public let elementType: ElementType
        /// Whether the plan made it up between the model's own values.
        public let isInternal: Bool

        /// `image float32 [1, 3, 224, 224]`
        public var description: String {
            "\(SafeText.oneLine(name)) \(elementType.name) \(describe(shape: shape))"
        }
    }

    /// One step, for reports and tests.
    public struct Node: Sendable, Codable, Equatable {
        /// The name of the model's node it stands for, the first where several are fused.
        public let name: String
        /// The ONNX operators it carries out.
        public let operators: [String]
        /// What computes it: `conv2d_i8 neon`.
        public let kernel: String
        /// The values of the run that it reads; constants are its own affair.
        public let inputs: [Value]
        public let outputs: [Value]
        /// Multiply-accumulates, or comparisons and the like.
        public let operations: Int
        /// Whether it computes with floats; converting from and to 8 bits does not count.
        public let isFloat: Bool
    }

    /// The ONNX operators there are, by name, sorted.
    public static var operators: [String] { OperatorRegistry.operators.keys.sorted() }

    public let inputs: [Value]
    public let outputs: [Value]
    public let nodes: [Node]
    public let memoryPlan: MemoryPlan
    /// Of convolutions, dense layers and matrix products in one run.
    public let multiplyAccumulates: Int

    let steps: [LoweredStep]
    let types: [String: ValueType]
    let offsets: [String: Int]
    /// What steps read that is known before the run.
    let constants: ConstantPool
    /// Outputs that are known before the run.
    let constantOutputs: [String: Tensor]

    /// Decides how to run a model; refuses what cannot run exactly as the model says, by the node's name.
    public init(_ model: Model, options: PlanOptions = .init()) throws(InferenceError) {
        let graph = try GraphAnalysis(model, inputShapes: options.inputShapes)
        try Self.check(graph, options)
        steps = Lowering.steps(graph, options.kernels)
        var types: [String: ValueType] = [:]
        for name in graph.inputNames { types[name] = graph.types[name] }
        for step in steps { types.merge(zip(step.outputs, step.outputTypes)) { $1 } }
        let constantNames = Set(steps.flatMap(\.inputs)).filter(graph.isConstant)
        let constantBytes = constantNames.reduce(0) { $0 + (graph.type(of: $1)?.byteCount ?? 0) }
        guard constantBytes <= options.memoryLimitBytes else {
            throw .limitExceeded(
                limit: "memory", value: constantBytes, maximum: options.memoryLimitBytes, path: "the model's constants")
        }
        constants = ConstantPool(
            constantNames.reduce(into: [String: Tensor]()) { $0[$1] = graph.constant($1) })
        constantOutputs = graph.outputNames.reduce(into: [:]) { $0[$1] = graph.constant($1) }
        memoryPlan = Self.plan(
            steps, types, inputs: graph.inputNames, outputs: graph.outputNames, constantBytes: constants.byteCount)
        types.merge(constantOutputs.mapValues { ValueType($0) }) { $1 }
        self.types = types
        let bytes = memoryPlan.arenaBytes(threads: options.threads) + memoryPlan.constantBytes
        guard bytes <= options.memoryLimitBytes else {
            throw .limitExceeded(limit: "memory", value: bytes, maximum: options.memoryLimitBytes, path: "the model")
        }
        offsets = Dictionary(uniqueKeysWithValues: memoryPlan.placements.map { ($0.name, $0.offset) })
        let computed = types
        func value(_ name: String) -> Value {
            let type = computed[name] ?? ValueType(elementType: .float32, shape: [])
            return Value(
                name: name, shape: type.shape, elementType: type.elementType, isInternal: !graph.isDefined(name))
        }
        inputs = graph.inputNames.map(value)
        outputs = graph.outputNames.map(value)
        nodes = steps.map {
            Node(
                name: $0.name, operators: $0.operators, kernel: $0.body.kernelName,
                inputs: $0.inputs.filter { !constantNames.contains($0) }.map(value), outputs: $0.outputs.map(value),
                operations: $0.operations, isFloat: $0.isFloat)
        }
        multiplyAccumulates = steps.reduce(0) { $0 + ($1.isWeightedSum ? $1.operations : 0) }
    }

    /// Time and memory are checked on the node's types, before any weight is packed.
    private static func check(_ graph: GraphAnalysis, _ options: PlanOptions) throws(InferenceError) {
        var operations = 0
        for (index, decoded) in graph.operators.sorted(by: { $0.key < $1.key }) {
            let (sum, overflow) = operations.addingReportingOverflow(decoded.operations)
            operations = sum
            guard !overflow, decoded.operations >= 0, operations <= options.operationLimit else {
                throw .limitExceeded(
                    limit: "operations", value: overflow ? Int.max : operations, maximum: options.operationLimit,
                    path: graph.node(index).label)
            }
            for type in decoded.resultTypes where type.byteCount > options.memoryLimitBytes {
                throw .limitExceeded(
                    limit: "memory", value: type.byteCount, maximum: options.memoryLimitBytes,
                    path: graph.node(index).label)
            }
        }
    }

    private static func plan(
        _ steps: [LoweredStep], _ types: [String: ValueType], inputs: [String], outputs: [String], constantBytes: Int
    ) -> MemoryPlan {
        let names = inputs + steps.flatMap(\.outputs)
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var first = [Int](repeating: 0, count: names.count), last = first
        for (index, step) in steps.enumerated() {
            for output in step.outputs.compactMap({ numbers[$0] }) { (first[output], last[output]) = (index, index) }
            for input in step.inputs.compactMap({ numbers[$0] }) { last[input] = index }
        }
        for output in outputs.compactMap({ numbers[$0] }) { last[output] = steps.count }
        let values = names.indices.map { index in
            MemoryPlan.Value(
                name: names[index], byteCount: types[names[index]]?.byteCount ?? 0, firstStep: first[index],
                lastStep: last[index])
        }
        let planned = steps.map { step in
            MemoryPlan.Step(
                sharings: step.body.sharing, operands: step.inputs.map { numbers[$0] },
                results: step.outputs.compactMap { numbers[$0] })
        }
        func scratch(_ isDivisible: Bool) -> Int {
            steps.filter { $0.body.isDivisible == isDivisible }.map(\.body.scratchBytes).max() ?? 0
        }
        return MemoryPlan(
            values, steps: planned, scratchBytes: scratch(true), undividedScratchBytes: scratch(false),
            constantBytes: steps.reduce(constantBytes) { $0 + $1.body.constantBytes })
    }
}
