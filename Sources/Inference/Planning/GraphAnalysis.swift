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
    /// The nodes that run, decoded, by their index in the graph; folded ones are absent.
    private(set) var operators: [Int: any Operator] = [:]
    private(set) var producers: [String: Int] = [:]
    private(set) var consumers: [String: [Int]] = [:]

    let outputNames: [String]
    private(set) var inputNames: [String] = []
    private var isOutput: Set<String> = []

    init(_ model: Model, inputShapes: [String: [Int]]) throws(InferenceError) {
        self.model = model
        constants = model.graph.initialisers
        outputNames = model.graph.outputs.map(\.name)
        isOutput = Set(outputNames)
        guard !outputNames.isEmpty, isOutput.count == outputNames.count else {
            throw .invalidGraph(node: "the graph", problem: "no outputs, or one twice")
        }
        for input in model.graph.inputs where constants[input.name] == nil {
            try declare(input, shape: inputShapes[input.name])
        }
        for (index, node) in model.graph.nodes.enumerated() { try add(node, index) }
        for name in outputNames where types[name] == nil {
            throw .invalidGraph(node: "the graph", problem: "nothing computes the output \(name)")
        }
    }

    func node(_ index: Int) -> Node { model.graph.nodes[index] }

    /// The only node that uses a value, or nil when there are several or the value leaves the graph.
    func onlyConsumer(of name: String) -> Int? {
        guard !isOutput.contains(name), let found = consumers[name], found.count == 1 else { return nil }
        return found[0]
    }

    private mutating func declare(_ input: DeclaredValue, shape chosen: [Int]?) throws(InferenceError) {
        let label = "the input \(input.name)"
        guard let type = ElementType(rawValue: input.elementTypeNumber), type == .float32 || type.isQuantised else {
            throw .unsupported(
                operator: "input", node: label, problem: "element type number \(input.elementTypeNumber)")
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

    private func checked(_ type: ValueType, _ label: String) throws(InferenceError) -> ValueType {
        guard type.shape.count <= model.limits.axes else {
            throw .limitExceeded(
                limit: "axes", value: type.shape.count, maximum: model.limits.axes, path: label)
        }
        guard let count = elementCount(of: type.shape), count > 0 else {
            throw .invalidGraph(node: label, problem: "the impossible shape \(describe(shape: type.shape))")
        }
        guard count <= model.limits.tensorElements else {
            throw .limitExceeded(
                limit: "elements", value: count, maximum: model.limits.tensorElements, path: label)
        }
        return type
    }

    private mutating func add(_ node: Node, _ index: Int) throws(InferenceError) {
        guard let kind = OperatorRegistry.operators[node.operatorName], node.domain.isEmpty else {
            let domain = node.domain.isEmpty ? "" : "\(node.domain)."
            throw .unsupported(
                operator: domain + node.operatorName, node: node.label, problem: "this operator is not implemented")
        }
        for name in node.attributes.keys.sorted() where !kind.attributes.contains(name) {
            throw .unsupported(
                operator: node.operatorName, node: node.label, problem: "the attribute \(name) is not implemented")
        }
        let context = try context(node)
        guard node.outputs.count == 1, let output = node.outputs.first, !output.isEmpty else {
            throw .unsupported(operator: node.operatorName, node: node.label, problem: "other than one output")
        }
        guard types[output] == nil, constants[output] == nil, quantisedConstants[output] == nil else {
            throw .invalidGraph(node: node.label, problem: "\(output) is defined twice")
        }
        if let folding = kind as? any FoldingOperator.Type, let constant = try folding.fold(context) {
            switch constant {
            case .plain(let tensor): constants[output] = tensor
            case .quantised(let constant): quantisedConstants[output] = constant
            }
            return
        }
        let decoded = try kind.init(context)
        types[output] = try checked(decoded.resultType, node.label)
        operators[index] = decoded
        producers[output] = index
        for input in Set(node.inputs) { consumers[input, default: []].append(index) }
    }

    private func context(_ node: Node) throws(InferenceError) -> NodeContext {
        var operands: [NodeContext.Operand] = []
        for name in node.inputs {
            if name.isEmpty {
                operands.append(.absent)
            } else if let tensor = constants[name] {
                operands.append(.constant(tensor))
            } else if let constant = quantisedConstants[name] {
                operands.append(.quantisedConstant(constant))
            } else if let type = types[name] {
                operands.append(.value(type))
            } else {
                throw .invalidGraph(
                    node: node.label,
                    problem: "it uses \(name) before anything makes it: a missing initialiser, a cycle or disorder")
            }
        }
        return NodeContext(node: node, operands: operands, operatorSet: model.operatorSet)
    }
}
