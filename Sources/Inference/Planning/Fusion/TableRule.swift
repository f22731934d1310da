// A function of one 8-bit value, element by element: everything between its DequantizeLinear and a QuantizeLinear is
// computed for all 256 values while loading, by the operators themselves. x * sigmoid(x) is such a function, whether
// the sigmoid is quantised in between or not.

extension Lowering {
    /// Longer chains are not worth following.
    private static let mostNodes = 32

    /// The nodes of a function, in order, and the 8-bit value it is one of.
    private struct Region {
        var nodes: [Int]
        let source: String
    }

    func table(_ end: GroupEnd) -> [LoweredStep]? {
        guard let region = region(end), let type = graph.type(of: region.source), type.shape == end.type.shape,
            let table = values(of: region, type, end)
        else { return nil }
        let names = region.nodes.map { graph.node($0).operatorName }
        let main = region.nodes.first { !["DequantizeLinear", "QuantizeLinear"].contains(graph.node($0).operatorName) }
        let identity = (Int8.min...Int8.max).map { $0 }
        let body: any StepBody = table == identity
            ? ViewBody(byteCount: type.byteCount) : LookupBody(count: type.byteCount, table: table, kernels: kernels)
        return [
            LoweredStep(
                name: graph.node(main ?? end.last).label, operators: main == nil ? [names[names.count - 1]] : names,
                inputs: [region.source], outputs: [end.output], outputTypes: [end.type], body: body,
                operations: end.type.count)
        ]
    }

    /// Follows operands back from the QuantizeLinear, first to the nearest 8-bit values, and on through those until one
    /// is left that all depend on.
    private func region(_ last: GroupEnd) -> Region? {
        var nodes = Set(last.nodes), sources: Set<String> = []
        guard extend(&nodes, &sources, from: last.input) else { return nil }
        while sources.count > 1 {
            let newest = sources.max { (graph.producers[$0] ?? -1) < (graph.producers[$1] ?? -1) }
            guard let newest, let end = graph.producers[newest].flatMap({ self.end(at: $0) }) else { return nil }
            sources.remove(newest)
            nodes.formUnion(end.nodes)
            guard extend(&nodes, &sources, from: end.input) else { return nil }
        }
        return sources.first.map { Region(nodes: nodes.sorted(), source: $0) }
    }

    /// Adds the nodes that make a float value, down to 8-bit values; false where one is not elementwise.
    private func extend(_ nodes: inout Set<Int>, _ sources: inout Set<String>, from name: String) -> Bool {
        var open = [name]
        while let name = open.popLast() {
            guard let index = graph.producers[name], let decoded = graph.operators[index],
                nodes.count < Self.mostNodes
            else { return false }
            guard nodes.insert(index).inserted else { continue }
            let node = graph.node(index)
            if let dequantise = decoded as? DequantizeLinear {
                guard dequantise.quantisation != nil else { return false }
                sources.insert(node.inputs[0])
                continue
            }
            guard decoded is any ElementwiseOperator else { return false }
            for input in node.inputs where !input.isEmpty {
                if graph.isConstant(input) {
                    guard graph.type(of: input)?.count == 1 else { return false }
                } else {
                    open.append(input)
                }
            }
        }
        return true
    }

    /// The function's values for -128...127 in signed form.
    private func values(of region: Region, _ type: ValueType, _ end: GroupEnd) -> [Int8]? {
        let all = (0...255).map { UInt8($0) }
        var values = [region.source: Tensor(shape: [256], elementType: type.elementType, bytes: all)]
        for index in region.nodes {
            let node = graph.node(index)
            guard let output = node.outputs.first, let result = result(of: node, values) else { return nil }
            values[output] = result
        }
        guard let result = values[end.output], result.count == 256 else { return nil }
        // In the order of the bytes as they are in the file; signed form begins at -128.
        let bytes = result.bytes.array
        let isUnsignedInput = type.elementType == .uint8, isUnsigned = end.type.elementType == .uint8
        return (0...255).map { place -> Int8 in
            let byte = bytes[isUnsignedInput ? place : place ^ 0x80]
            return Int8(bitPattern: isUnsigned ? byte ^ 0x80 : byte)
        }
    }

    /// What a node makes of 256 values.
    private func result(of node: Node, _ values: [String: Tensor]) -> Tensor? {
        var operands: [NodeContext.Operand] = [], tensors: [Tensor] = []
        for name in node.inputs {
            if name.isEmpty {
                operands.append(.absent)
            } else if let tensor = values[name] {
                operands.append(.value(ValueType(tensor)))
            } else if let tensor = graph.constant(name) {
                operands.append(.constant(tensor))
            } else {
                return nil
            }
        }
        let context = NodeContext(
            node: node, operands: operands, operatorSet: graph.model.operatorSet, limits: graph.model.limits)
        guard let kind = OperatorRegistry.operators[node.operatorName], let decoded = try? kind.init(context),
            let scalar = try? KernelSet.named("scalar")
        else { return nil }
        for operand in decoded.operands {
            guard let tensor = values[node.inputs[operand]] ?? graph.constant(node.inputs[operand]) else { return nil }
            tensors.append(tensor)
        }
        let body = FormAdapter.fit(
            decoded.body(scalar), inputs: tensors.map { ValueType($0) }, outputs: decoded.resultTypes)
        return body.results(of: tensors, types: decoded.resultTypes).first
    }
}

/// An operator whose result has, in every place, what follows from its operands' elements in that place alone; smaller
/// operands are broadcast. Of one value and numbers it is a function, which a table can hold.
protocol ElementwiseOperator: Operator {}
