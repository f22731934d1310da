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
        guard let quantise = graph.operators[index] as? QuantizeLinear,
            let quantisation = quantise.quantisation
        else { return nil }
        let end = GroupEnd(
            index: index, quantisation: quantisation, type: quantise.resultType, input: graph.node(index).inputs[0],
            output: graph.node(index).outputs[0])
        return table(end) ?? line(end) ?? group(end)
    }
}

/// The QuantizeLinear that ends a group.
struct GroupEnd {
    let index: Int
    let quantisation: Quantisation
    let type: ValueType
    let input: String
    let output: String
}
