// From a graph to steps, from the outputs back to the inputs, so that what no output needs is never made ready.
//
// A QuantizeLinear ends a group of nodes that may become one step in 8 bits: the rules below are tried in order, the
// first that fits wins. Everything else runs node by node. The rules compute what the nodes would; where they cannot do
// so exactly, they do not fit.

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
    /// Whether these are multiply-accumulates.
    var isWeightedSum = false

    /// Whether it computes with floats; converting from and to 8 bits does not count.
    var isFloat: Bool {
        ![QuantizeLinear.name, DequantizeLinear.name].contains(operators[operators.count - 1])
            && outputTypes.contains { $0.elementType == .float32 }
    }
}

struct Lowering {
    let graph: GraphAnalysis
    let kernels: KernelSet

    static func steps(_ graph: GraphAnalysis, _ kernels: KernelSet) -> [LoweredStep] {
        let lowering = Lowering(graph: graph, kernels: kernels)
        var wanted = Set(graph.outputNames), steps: [LoweredStep] = []
        for index in graph.operators.keys.sorted(by: >) {
            guard let decoded = graph.operators[index],
                !wanted.isDisjoint(with: graph.node(index).outputs[..<decoded.resultTypes.count])
            else { continue }
            for step in lowering.steps(index, decoded).reversed() {
                wanted.formUnion(step.inputs)
                steps.append(step)
            }
            // Weights are read once; the file's pages need not stay in memory.
            graph.model.releaseFile()
        }
        return steps.reversed()
    }

    private func steps(_ index: Int, _ decoded: any Operator) -> [LoweredStep] {
        var made: [String: ValueType] = [:]
        return (quantisedSteps(endingAt: index) ?? [plainStep(index, decoded)]).map { step in
            var step = step
            for (name, type) in zip(step.outputs, step.outputTypes) { made[name] = type }
            // A body finds its values as it expects them.
            step.body = FormAdapter.fit(
                step.body, inputs: step.inputs.compactMap { made[$0] ?? graph.type(of: $0) },
                outputs: step.outputTypes)
            return step
        }
    }

    /// A node by itself.
    private func plainStep(_ index: Int, _ decoded: any Operator) -> LoweredStep {
        let node = graph.node(index), types = decoded.resultTypes
        return LoweredStep(
            name: node.label, operators: [node.operatorName], inputs: decoded.operands.map { node.inputs[$0] },
            outputs: Array(node.outputs[..<types.count]), outputTypes: types, body: decoded.body(kernels),
            operations: decoded.operations, isWeightedSum: decoded is any WeightedSumOperator)
    }

    private func quantisedSteps(endingAt index: Int) -> [LoweredStep]? {
        guard let end = end(at: index) else { return nil }
        return table(end) ?? line(end) ?? group(end) ?? clippedQuantise(end)
    }

    func end(at index: Int) -> GroupEnd? {
        let node = graph.node(index)
        if let quantise = graph.operators[index] as? QuantizeLinear, let quantisation = quantise.quantisation {
            return GroupEnd(
                nodes: [index], quantise: quantise, quantisation: quantisation, clamp: Quantisation.everything,
                input: node.inputs[0], output: node.outputs[0])
        }
        guard let clip = graph.operators[index] as? Clip, let producer = graph.producers[node.inputs[0]],
            graph.onlyConsumer(of: node.inputs[0]) == index,
            let quantise = graph.operators[producer] as? QuantizeLinear, let quantisation = quantise.quantisation,
            let clamp = clip.clamp(of: quantisation)
        else { return nil }
        return GroupEnd(
            nodes: [producer, index], quantise: quantise, quantisation: quantisation, clamp: clamp,
            input: graph.node(producer).inputs[0], output: node.outputs[0])
    }

    /// A QuantizeLinear by itself, with the Clip behind it; nil where there is none.
    private func clippedQuantise(_ end: GroupEnd) -> [LoweredStep]? {
        guard end.nodes.count > 1 else { return nil }
        return [
            LoweredStep(
                name: graph.node(end.nodes[0]).label, operators: end.nodes.map { graph.node($0).operatorName },
                inputs: [end.input], outputs: [end.output], outputTypes: [end.type],
                body: end.quantise.body(kernels, end.quantisation, clamp: end.clamp), operations: end.type.count)
        ]
    }
}

/// The QuantizeLinear that ends a group, or a Clip of its 8-bit result: PyTorch's fake quantisation to 7 bits.
struct GroupEnd {
    /// The QuantizeLinear first.
    let nodes: [Int]
    let quantise: QuantizeLinear
    let quantisation: Quantisation
    /// What a Clip leaves, in real numbers.
    let clamp: ClosedRange<Float>
    let input: String
    let output: String

    var type: ValueType { quantise.resultType }
    /// The node that makes ``output``.
    var last: Int { nodes[nodes.count - 1] }
}
