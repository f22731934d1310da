// From a graph to steps. An operator between a DequantizeLinear on each of its run-time operands and a QuantizeLinear,
// with ReLU and Clip in between, becomes one step in 8 bits, if it can; everything else runs node by node. A value in
// between that something else uses keeps the group apart. What no output needs is dropped.

/// A step before the plan gives its values their places.
struct LoweredStep {
    /// The main node's label.
    let name: String
    /// The operators it carries out, in order.
    let operators: [String]
    /// What the body reads, in its order: values of the run and constants.
    let inputs: [String]
    let outputs: [String]
    let outputTypes: [ValueType]
    var body: any StepBody
    let operations: Int
}

struct Lowering {
    private let graph: GraphAnalysis
    private let kernels: KernelSet
    private var steps: [LoweredStep] = []
    /// Nodes that are part of an earlier node's step.
    private var absorbed: Set<Int> = []

    static func steps(_ graph: GraphAnalysis, _ kernels: KernelSet) -> [LoweredStep] {
        var lowering = Lowering(graph: graph, kernels: kernels)
        for index in graph.operators.keys.sorted() { lowering.lower(index) }
        return lowering.needed()
    }

    private init(graph: GraphAnalysis, kernels: KernelSet) {
        self.graph = graph
        self.kernels = kernels
    }

    private mutating func lower(_ index: Int) {
        guard !absorbed.contains(index), let decoded = graph.operators[index] else { return }
        let node = graph.node(index)
        if let step = fused(index, decoded) {
            append(step)
            return
        }
        let types = decoded.resultTypes
        append(
            LoweredStep(
                name: node.label, operators: [node.operatorName], inputs: decoded.operands.map { node.inputs[$0] },
                outputs: Array(node.outputs[..<types.count]), outputTypes: types, body: decoded.body(kernels),
                operations: decoded.operations))
    }

    /// Appends a step whose body finds its values as it expects them.
    private mutating func append(_ step: LoweredStep) {
        var step = step
        step.body = FormAdapter.fit(
            step.body, inputs: step.inputs.compactMap(graph.type), outputs: step.outputTypes)
        steps.append(step)
    }

    /// The step in 8 bits that begins at a node, or nil where there is none.
    private mutating func fused(_ index: Int, _ decoded: any Operator) -> LoweredStep? {
        let node = graph.node(index)
        var inputs: [(name: String, quantisation: Quantisation)] = []
        for operand in decoded.operands where !graph.isConstant(node.inputs[operand]) {
            guard let source = dequantised(node.inputs[operand]) else { return nil }
            inputs.append(source)
        }
        guard decoded.resultTypes.count == 1, let tail = tail(after: node.outputs[0]) else { return nil }
        let group = QuantisedGroup(
            inputs: inputs.map(\.quantisation), output: tail.quantisation, clamp: tail.clamp, kernels: kernels)
        guard let body = decoded.quantisedBody(group) else { return nil }
        absorbed.formUnion(tail.nodes)
        return LoweredStep(
            name: node.label, operators: [node.operatorName] + tail.nodes.map { graph.node($0).operatorName },
            inputs: inputs.map(\.name), outputs: [tail.output], outputTypes: [tail.outputType], body: body,
            operations: decoded.operations)
    }

    /// The 8-bit value behind a float one, where a DequantizeLinear made it.
    private func dequantised(_ name: String) -> (name: String, quantisation: Quantisation)? {
        guard let producer = graph.producers[name],
            let quantisation = (graph.operators[producer] as? DequantizeLinear)?.quantisation
        else { return nil }
        return (graph.node(producer).inputs[0], quantisation)
    }

    private struct Tail {
        var nodes: [Int]
        var clamp: ClosedRange<Float>
        let quantisation: Quantisation
        let output: String
        let outputType: ValueType
    }

    /// ReLUs and clips after a value, up to the QuantizeLinear that ends the group.
    private func tail(after name: String) -> Tail? {
        var name = name, nodes: [Int] = [], clamp = Quantisation.everything
        while let next = graph.onlyConsumer(of: name), let decoded = graph.operators[next] {
            nodes.append(next)
            name = graph.node(next).outputs[0]
            if let quantise = decoded as? QuantizeLinear {
                guard let quantisation = quantise.quantisation else { return nil }
                return Tail(
                    nodes: nodes, clamp: clamp, quantisation: quantisation, output: name,
                    outputType: quantise.resultType)
            }
            guard let limits = decoded.clamp else { return nil }
            clamp = clamp.clamped(to: limits)
        }
        return nil
    }

    /// The steps that an output depends on.
    private func needed() -> [LoweredStep] {
        var wanted = Set(graph.outputNames), kept: [LoweredStep] = []
        for step in steps.reversed() where !wanted.isDisjoint(with: step.outputs) {
            kept.append(step)
            wanted.formUnion(step.inputs)
        }
        return kept.reversed()
    }
}
