// Lines per channel between a DequantizeLinear and a QuantizeLinear: a batch normalisation, or what an exporter made of
// one, that no convolution can take in.

extension Lowering {
    func line(_ end: GroupEnd) -> LoweredStep? {
        let tail = tail(before: end)
        guard let line = tail.line, let source = dequantised(tail.input), source.type.shape == end.type.shape else {
            return nil
        }
        let group = QuantisedGroup(
            inputs: [source.quantisation], inputTypes: [source.type], output: end.quantisation, outputType: end.type,
            line: nil, clamp: tail.clamp, kernels: kernels)
        guard let body = ChannelLineBody(factors: line.factors, terms: line.terms, group: group) else { return nil }
        return LoweredStep(
            name: graph.node(tail.first).label, operators: tail.nodes.map { graph.node($0).operatorName },
            inputs: [source.name], outputs: [end.output], outputTypes: [end.type], body: body,
            operations: end.type.count)
    }

    /// The line that a node computes on its first operand, along axis 1, or nil where it does something else.
    func line(of index: Int) -> ChannelLine? { (graph.operators[index] as? any LineOperator)?.channelLine }
}

/// An operator that computes a line per channel, axis 1, of its first operand, when its constants are known.
protocol LineOperator: Operator {
    var channelLine: ChannelLine? { get }
}
