// An operator between a DequantizeLinear on each of its run-time operands and a QuantizeLinear, with lines per channel,
// ReLU and Clip in between. A value in between that something else uses keeps the group apart.

extension Lowering {
    func group(_ end: GroupEnd) -> [LoweredStep]? {
        let tail = tail(before: end)
        guard let main = graph.producers[tail.input], let decoded = graph.operators[main],
            decoded.resultTypes.count == 1 || decoded is Split, graph.onlyConsumer(of: tail.input) == tail.first
        else { return nil }
        let node = graph.node(main), joins = decoded is any JoiningOperator
        var inputs: [Dequantised] = []
        for operand in decoded.operands where joins || !graph.isConstant(node.inputs[operand]) {
            guard let source = dequantised(node.inputs[operand]) else { return nil }
            inputs.append(source)
        }
        let axis = (decoded as? any WeightedSumOperator)?.channelAxis ?? -1
        let line = decoded.resultType.shape.indices.contains(axis)
            ? tail.line?.along(axis, count: decoded.resultType.shape[axis]) : nil
        guard (line == nil) == (tail.line == nil) else { return nil }
        let group = QuantisedGroup(
            inputs: inputs.map(\.quantisation), inputTypes: inputs.map(\.type), output: end.quantisation,
            outputType: end.type, line: line, clamp: tail.clamp, kernels: kernels)
        let result = node.outputs.firstIndex(of: tail.input) ?? 0
        guard let parts = parts(decoded, result, group) else { return nil }
        let names = [node.operatorName] + tail.nodes.map { graph.node($0).operatorName }
        return steps(parts, of: decoded, name: node.label, names, inputs.map(\.name), end)
    }

    /// One step for each part, with values of the plan's own between them.
    private func steps(
        _ parts: [StepPart], of decoded: any Operator, name: String, _ operators: [String], _ inputs: [String],
        _ end: GroupEnd
    ) -> [LoweredStep] {
        var steps: [LoweredStep] = [], inputs = inputs
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let output = isLast ? end.output : internalName(end.output, index)
            steps.append(
                LoweredStep(
                    name: name, operators: operators, inputs: inputs, outputs: [output],
                    outputTypes: [isLast ? end.type : part.type], body: part.body,
                    operations: index == 0 ? decoded.operations : part.type.count,
                    isWeightedSum: index == 0 && decoded is any WeightedSumOperator))
            inputs = [output]
        }
        return steps
    }

    /// A name that the graph does not have.
    private func internalName(_ name: String, _ index: Int) -> String {
        var found = "\(name) part \(index)"
        while graph.isDefined(found) { found += "'" }
        return found
    }

    private func parts(_ decoded: any Operator, _ result: Int, _ group: QuantisedGroup) -> [StepPart]? {
        if let parts = (decoded as? any CompositeOperator)?.quantisedParts(group) { return parts }
        if let body = body(decoded, result, group) { return [StepPart(body: body, type: group.outputType)] }
        // Moving elements and taking the largest do not mind by what increasing function the values are changed: the
        // change of scale may come afterwards.
        guard decoded is any MovingOperator || decoded is MaxPool || decoded is GlobalMaxPool,
            group.inputs.count == 1, let table = group.table(forInput: 0)
        else { return nil }
        let uniform = QuantisedGroup(
            inputs: group.inputs, inputTypes: group.inputTypes, output: group.inputs[0], outputType: group.outputType,
            line: nil, clamp: Quantisation.everything, kernels: group.kernels)
        guard let body = body(decoded, result, uniform) else { return nil }
        let lookup = LookupBody(count: group.outputType.byteCount, table: table, kernels: group.kernels)
        return [StepPart(body: body, type: group.outputType), StepPart(body: lookup, type: group.outputType)]
    }

    private func body(_ decoded: any Operator, _ result: Int, _ group: QuantisedGroup) -> (any StepBody)? {
        if let split = decoded as? Split { return split.quantisedBody(group, result: result) }
        return decoded.quantisedBody(group)
    }

    /// An 8-bit value behind a float one, where a DequantizeLinear made it.
    struct Dequantised {
        let name: String
        let type: ValueType
        let quantisation: Quantisation
    }

    func dequantised(_ name: String) -> Dequantised? {
        if let constant = graph.quantisedConstants[name], let source = graph.quantisedSources[name],
            let quantisation = constant.parameters.perTensor
        {
            return Dequantised(name: source, type: ValueType(constant.tensor), quantisation: quantisation)
        }
        guard let producer = graph.producers[name],
            let quantisation = (graph.operators[producer] as? DequantizeLinear)?.quantisation
        else { return nil }
        let source = graph.node(producer).inputs[0]
        return graph.type(of: source).map { Dequantised(name: source, type: $0, quantisation: quantisation) }
    }

    /// What comes before a QuantizeLinear and can be part of the step before it.
    struct Tail {
        /// What the tail begins with.
        var input: String
        /// In order, the group's end last.
        var nodes: [Int]
        var line: ChannelLine?
        var clamp: ClosedRange<Float>

        var first: Int { nodes[0] }
    }

    func tail(before end: GroupEnd) -> Tail {
        var tail = Tail(input: end.input, nodes: end.nodes, line: nil, clamp: end.clamp)
        while let index = graph.producers[tail.input], let decoded = graph.operators[index],
            graph.onlyConsumer(of: tail.input) == tail.first
        {
            var input = graph.node(index).inputs[0]
            if let limits = decoded.clamp, tail.line == nil {
                tail.clamp = limits.clamped(to: tail.clamp)
            } else if let found = line(of: index), let joined = tail.line.map(found.line.then) ?? found.line {
                tail.line = joined
                input = found.input
            } else {
                break
            }
            tail.nodes.insert(index, at: 0)
            tail.input = input
        }
        return tail
    }
}

/// A step of several that stand for one group.
struct StepPart {
    let body: any StepBody
    /// Of its one result.
    let type: ValueType
}

/// An operator whose quantised body heeds the group's line: a layer of weighted sums.
protocol WeightedSumOperator: Operator {
    /// The axis of the result that has an entry for each sum.
    var channelAxis: Int { get }
}

/// An operator whose quantised body takes constants in 8 bits among its inputs.
protocol JoiningOperator: Operator {}

/// An operator that needs several steps in 8 bits.
protocol CompositeOperator: Operator {
    func quantisedParts(_ group: QuantisedGroup) -> [StepPart]?
}
