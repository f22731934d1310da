// An operator between a DequantizeLinear on each of its run-time operands and a QuantizeLinear, with lines per channel,
// ReLU and Clip in between. A value in between that something else uses keeps the group apart.

extension Lowering {
    func group(_ end: GroupEnd) -> LoweredStep? {
        let tail = tail(before: end)
        guard let main = graph.producers[tail.input], let decoded = graph.operators[main],
            decoded.resultTypes.count == 1, graph.onlyConsumer(of: tail.input) == tail.first
        else { return nil }
        let node = graph.node(main)
        var inputs: [Dequantised] = []
        for operand in decoded.operands where !graph.isConstant(node.inputs[operand]) {
            guard let source = dequantised(node.inputs[operand]) else { return nil }
            inputs.append(source)
        }
        let group = QuantisedGroup(
            inputs: inputs.map(\.quantisation), inputTypes: inputs.map(\.type), output: end.quantisation,
            outputType: end.type, line: tail.line, clamp: tail.clamp, kernels: kernels)
        guard let body = body(decoded, group) else { return nil }
        return LoweredStep(
            name: node.label, operators: [node.operatorName] + tail.nodes.map { graph.node($0).operatorName },
            inputs: inputs.map(\.name), outputs: [end.output], outputTypes: [end.type], body: body,
            operations: decoded.operations)
    }

    private func body(_ decoded: any Operator, _ group: QuantisedGroup) -> (any StepBody)? {
        if group.line != nil, !(decoded is any WeightedSumOperator) { return nil }
        if let body = decoded.quantisedBody(group) { return body }
        // Moving elements and taking the largest do not mind by what increasing function the values are changed: the
        // change of scale may come afterwards.
        guard decoded is any MovingOperator || decoded is MaxPool, group.inputs.count == 1,
            let table = group.table(forInput: 0)
        else { return nil }
        let uniform = QuantisedGroup(
            inputs: group.inputs, inputTypes: group.inputTypes, output: group.inputs[0], outputType: group.outputType,
            line: nil, clamp: Quantisation.everything, kernels: group.kernels)
        guard let body = decoded.quantisedBody(uniform) else { return nil }
        let fitted = FormAdapter.fit(body, inputs: group.inputTypes, outputs: [group.outputType])
        let lookup = LookupBody(count: group.outputType.byteCount, table: table, kernels: group.kernels)
        return SequenceBody(fitted, group.outputType, lookup)
    }

    /// An 8-bit value behind a float one, where a DequantizeLinear made it.
    struct Dequantised {
        let name: String
        let type: ValueType
        let quantisation: Quantisation
    }

    func dequantised(_ name: String) -> Dequantised? {
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
        /// In order, the QuantizeLinear last.
        var nodes: [Int]
        var line: ChannelLine?
        var clamp: ClosedRange<Float>

        var first: Int { nodes[0] }
    }

    func tail(before end: GroupEnd) -> Tail {
        var tail = Tail(input: end.input, nodes: [end.index], line: nil, clamp: Quantisation.everything)
        while let index = graph.producers[tail.input], let decoded = graph.operators[index],
            graph.onlyConsumer(of: tail.input) == tail.first
        {
            if let limits = decoded.clamp, tail.line == nil {
                tail.clamp = limits.clamped(to: tail.clamp)
            } else if let line = line(of: index), let joined = tail.line.map(line.then) ?? line {
                tail.line = joined
            } else {
                break
            }
            tail.nodes.insert(index, at: 0)
            tail.input = graph.node(index).inputs[0]
        }
        return tail
    }
}

/// An operator whose quantised body heeds the group's line: a layer of weighted sums.
protocol WeightedSumOperator: Operator {}
