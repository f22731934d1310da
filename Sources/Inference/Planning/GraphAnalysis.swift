// What a plan knows about a graph before it decides anything: every value's type, the constants, who makes and who uses
// each value. One pass over the nodes in the file's order, which ONNX requires to be an order of execution: a value
// used before it is made means a cycle or an unsorted file, and both are refused.

struct GraphAnalysis {
    let model: Model
    /// Values that exist at run time.
    private(set) var types: [String: ValueType] = [:]
    /// Initialisers and what folds into constants.
    private(set) var constants: [String: Tensor]
    /// Results of DequantizeLinear of a constant: weights, and their meaning.
    private(set) var quantisedConstants: [String: QuantisedConstant] = [:]
    /// The 8-bit constants that those were, by the result's name.
    private(set) var quantisedSources: [String: String] = [:]
    /// The nodes that run, decoded, by their index in the graph; folded ones are absent.
    private(set) var operators: [Int: any Operator] = [:]
    private(set) var producers: [String: Int] = [:]
    /// Results that are an earlier value as it stands, with that value's name.
    private var passages: [String: String] = [:]
    /// The nodes as they read: past what only passes values on.
    private var nodes: [Node]
    private(set) var consumers: [String: [Int]] = [:]

    let outputNames: [String]
    private(set) var inputNames: [String] = []
    private var isOutput: Set<String> = []
    /// Results that nodes name and no operator here computes, with the error for whoever uses one.
    private var withheld: [String: InferenceError] = [:]
    private var folding: ConstantFolding

    init(_ model: Model, inputShapes: [String: [Int]]) throws(InferenceError) {
        self.model = model
        constants = model.graph.initialisers
        nodes = model.graph.nodes
        outputNames = model.graph.outputs.map(\.name)
        isOutput = Set(outputNames)
        folding = ConstantFolding(
            limits: model.limits, storedBytes: constants.values.reduce(0) { $0 + $1.bytes.count })
        guard !outputNames.isEmpty, isOutput.count == outputNames.count else {
            throw .invalidGraph(node: "the graph", problem: "no outputs, or one twice")
        }
        for input in model.graph.inputs where constants[input.name] == nil {
            try declare(input, shape: inputShapes[input.name])
        }
        for index in nodes.indices {
            nodes[index].inputs = nodes[index].inputs.map { passages[$0] ?? $0 }
            try add(nodes[index], index)
        }
        for name in outputNames where !isDefined(name) {
            throw withheld[name]
                ?? .invalidGraph(node: "the graph", problem: "nothing computes the output \(name)")
        }
    }

    func node(_ index: Int) -> Node { nodes[index] }

    /// The only node that uses a value, or nil when there are several or the value leaves the graph.
    func onlyConsumer(of name: String) -> Int? {
        guard !isOutput.contains(name), let found = consumers[name], found.count == 1 else { return nil }
        return found[0]
    }

    /// A value that is known before the run.
    func isConstant(_ name: String) -> Bool { constants[name] != nil || quantisedConstants[name] != nil }

    /// The constant's elements; of a quantised one the real numbers.
    func constant(_ name: String) -> Tensor? { constants[name] ?? quantisedConstants[name]?.dequantised() }

    /// What a value is, of the run or constant; nil where the graph has none of that name.
    func type(of name: String) -> ValueType? {
        if let constant = quantisedConstants[name] { return constant.type }
        return types[name] ?? constants[name].map { ValueType($0) }
    }

    /// Whether the graph itself has a value of that name.
    func isDefined(_ name: String) -> Bool { types[name] != nil || isConstant(name) || passages[name] != nil }

    private mutating func add(_ node: Node, _ index: Int) throws(InferenceError) {
        let kind = try Self.kind(of: node)
        for name in node.outputs where isDefined(name) || withheld[name] != nil {
            throw .invalidGraph(node: node.label, problem: "\(name) is defined twice")
        }
        let context = try context(node)
        if let constant = try kind.quantisedConstant(context), let output = node.outputs.first {
            quantisedConstants[output] = constant
            quantisedSources[output] = node.inputs[0]
            return
        }
        let decoded = try kind.init(context)
        let outputs = try results(of: decoded, context)
        // An output of the graph keeps its name, and thus its node.
        if decoded.isPassage, !isOutput.contains(outputs[0]) {
            passages[outputs[0]] = node.inputs[0]
            return
        }
        if let source = node.inputs.first.flatMap({ quantisedConstants[$0] }),
            let constant = try folding.moved(source, by: decoded, context)
        {
            quantisedConstants[outputs[0]] = constant
            return
        }
        let operands = decoded.operands.map { node.inputs[$0] }
        if operands.allSatisfy(isConstant) {
            try folding.charge(decoded, on: operands.compactMap(type), node.label)
            let tensors = try folding.results(of: decoded, operands.compactMap(constant), node.label)
            for (name, tensor) in zip(outputs, tensors) { constants[name] = tensor }
            return
        }
        for (name, type) in zip(outputs, decoded.resultTypes) {
            types[name] = try checked(type, node.label)
            producers[name] = index
        }
        operators[index] = decoded
        for input in Set(node.inputs) { consumers[input, default: []].append(index) }
    }

    private static func kind(of node: Node) throws(InferenceError) -> any Operator.Type {
        guard let kind = OperatorRegistry.operators[node.operatorName], node.domain.isEmpty else {
            let domain = node.domain.isEmpty ? "" : "\(node.domain)."
            throw .unsupported(
                operator: domain + node.operatorName, node: node.label, problem: "this operator is not implemented")
        }
        for name in node.attributes.keys.sorted() where !kind.attributes.contains(name) {
            throw .unsupported(
                operator: node.operatorName, node: node.label, problem: "the attribute \(name) is not implemented")
        }
        return kind
    }

    /// The names of an operator's results. Further names of the node are noted, in case that somebody uses one.
    private mutating func results(
        of decoded: any Operator, _ context: NodeContext
    ) throws(InferenceError) -> [String] {
        let names = context.node.outputs, count = decoded.resultTypes.count
        guard names.count >= count, names[..<count].allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else {
            throw context.invalid("fewer results than it makes, or one without a name of its own")
        }
        for (position, name) in names.enumerated().dropFirst(count) where !name.isEmpty {
            withheld[name] = context.unsupported("its result \(position), \(name), is used")
        }
        return Array(names[..<count])
    }

    private func context(_ node: Node) throws(InferenceError) -> NodeContext {
        var operands: [NodeContext.Operand] = []
        for name in node.inputs {
            if name.isEmpty {
                operands.append(.absent)
            } else if let constant = quantisedConstants[name] {
                operands.append(.quantisedConstant(constant))
            } else if let tensor = constants[name] {
                operands.append(.constant(tensor))
            } else if let type = types[name] {
                operands.append(.value(type))
            } else {
                throw withheld[name]
                    ?? .invalidGraph(
                        node: node.label,
                        problem: "it uses \(name) before anything makes it: a missing initialiser, a cycle or disorder")
            }
        }
        return NodeContext(node: node, operands: operands, operatorSet: model.operatorSet, limits: model.limits)
    }
}

// MARK: - Inputs and sizes

extension GraphAnalysis {
    private mutating func declare(_ input: DeclaredValue, shape chosen: [Int]?) throws(InferenceError) {
        let label = "the input \(input.name)"
        let number = input.elementTypeNumber
        guard let type = ElementType(rawValue: number), type.existsAtRunTime else {
            let name = ElementType(rawValue: number)?.name ?? "element type number \(number)"
            throw .unsupported(operator: "input", node: label, problem: "\(name) as a value of the run")
        }
        guard let dimensions = input.dimensions else { throw .invalidGraph(node: label, problem: "no shape") }
        var shape: [Int] = []
        for (axis, dimension) in dimensions.enumerated() {
            switch dimension {
            case .fixed(let size): shape.append(size)
            // An open first axis is the batch: one image at a time unless the caller says otherwise.
            case .symbolic(let name):
                guard axis == 0 || chosen != nil else {
                    throw .unsupported(
                        operator: "input", node: label, problem: "axis \(axis) has no size but \(name); give one")
                }
                shape.append(1)
            }
        }
        if let chosen {
            let fits = chosen.count == shape.count
                && zip(dimensions, chosen).allSatisfy { dimension, size in
                    if case .fixed(let fixed) = dimension { fixed == size } else { true }
                }
            guard fits else {
                throw .wrongInput(
                    name: input.name, expected: describe(shape: shape), found: describe(shape: chosen))
            }
            shape = chosen
        }
        guard types[input.name] == nil else { throw .invalidGraph(node: label, problem: "declared twice") }
        types[input.name] = try checked(ValueType(elementType: type, shape: shape), label)
        inputNames.append(input.name)
    }

    /// The type, if a run may have such a value.
    private func checked(_ type: ValueType, _ label: String) throws(InferenceError) -> ValueType {
        guard type.elementType.existsAtRunTime else {
            throw .unsupported(
                operator: "value", node: label, problem: "a value of the run of type \(type.elementType.name)")
        }
        guard try model.limits.elementCount(of: type.shape, label) > 0 else {
            throw .invalidGraph(node: label, problem: "a value without elements, \(describe(shape: type.shape))")
        }
        return type
    }
}
