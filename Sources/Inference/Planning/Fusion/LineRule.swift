// Lines per channel between a DequantizeLinear and a QuantizeLinear: a batch normalisation, or what an exporter made of
// one, that no convolution can take in.

extension Lowering {
    func line(_ end: GroupEnd) -> [LoweredStep]? {
        let tail = tail(before: end)
        guard let source = dequantised(tail.input), source.type.shape == end.type.shape, source.type.shape.count > 1,
            let line = tail.line?.along(1, count: source.type.shape[1])
        else { return nil }
        let group = QuantisedGroup(
            inputs: [source.quantisation], inputTypes: [source.type], output: end.quantisation, outputType: end.type,
            line: nil, clamp: tail.clamp, kernels: kernels)
        guard let body = ChannelLineBody(factors: line.factors, terms: line.terms, group: group) else { return nil }
        return [
            LoweredStep(
                name: graph.node(tail.first).label, operators: tail.nodes.map { graph.node($0).operatorName },
                inputs: [source.name], outputs: [end.output], outputTypes: [end.type], body: body,
                operations: end.type.count)
        ]
    }

    /// The line that a node computes and the operand it does so on, or nil where it does something else.
    func line(of index: Int) -> (line: ChannelLine, input: String)? {
        let node = graph.node(index)
        if let line = (graph.operators[index] as? any LineOperator)?.channelLine { return (line, node.inputs[0]) }
        guard ["Add", "Sub", "Mul", "Div"].contains(node.operatorName), node.inputs.count == 2,
            let shape = graph.operators[index]?.resultType.shape,
            let position = node.inputs.firstIndex(where: graph.isConstant)
        else { return nil }
        let input = node.inputs[1 - position], isFirst = position == 0
        guard let constant = graph.constant(node.inputs[position]), graph.type(of: input)?.shape == shape,
            let (axis, values) = Self.channelValues(constant, of: shape)
        else { return nil }
        let ones = values.map { _ in Float(1) }, zeros = values.map { _ in Float(0) }
        switch node.operatorName {
        case "Add": return (ChannelLine(axis: axis, factors: ones, terms: values), input)
        case "Sub":
            let line = isFirst
                ? ChannelLine(axis: axis, factors: ones.map { -$0 }, terms: values)
                : ChannelLine(axis: axis, factors: ones, terms: values.map { -$0 })
            return (line, input)
        case "Mul": return (ChannelLine(axis: axis, factors: values, terms: zeros), input)
        default:
            return isFirst ? nil : (ChannelLine(axis: axis, factors: values.map { 1 / $0 }, terms: zeros), input)
        }
    }

    /// The only axis of a value along which a constant has several entries, nil where it has one; and the entries.
    private static func channelValues(_ constant: Tensor, of shape: [Int]) -> (axis: Int?, values: [Float])? {
        guard let values = constant.floats, constant.shape.count <= shape.count else { return nil }
        if values.count == 1 { return (nil, values) }
        let padded = Array(repeating: 1, count: shape.count - constant.shape.count) + constant.shape
        let axes = padded.indices.filter { padded[$0] != 1 }
        guard axes.count == 1, padded[axes[0]] == shape[axes[0]] else { return nil }
        return (axes[0], values)
    }
}

/// An operator that computes a line per channel, axis 1, of its first operand, when its constants are known.
protocol LineOperator: Operator {
    var channelLine: ChannelLine? { get }
}
