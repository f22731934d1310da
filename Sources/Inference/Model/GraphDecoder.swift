// GraphProto, NodeProto, AttributeProto and ValueInfoProto of onnx.proto (IR version 10). Fields that do not change
// what is computed (documentation, intermediate shapes) are skipped; those that would, and are not supported, refused.

enum GraphDecoder {
    static func graph(_ message: ProtobufReader) throws(InferenceError) -> Graph {
        var reader = message
        let limits = message.limits
        var graph = Graph()
        while let field = try reader.next() {
            switch field.number {
            case 1:
                try check(graph.nodes.count, limits.nodes, "nodes", reader)
                graph.nodes.append(try node(try reader.message(field, "node[\(graph.nodes.count)]")))
            case 2:
                graph.name = try reader.text(field, maximum: limits.nameBytes)
            case 5:
                let index = graph.initialisers.count
                try check(index, limits.initialisers, "initialisers", reader)
                let (name, tensor) = try TensorDecoder.decode(try reader.message(field, "initializer[\(index)]"))
                guard graph.initialisers.updateValue(tensor, forKey: name) == nil else {
                    throw .invalidGraph(node: name, problem: "an initialiser defined twice")
                }
            case 11:
                try check(graph.inputs.count, limits.initialisers, "inputs", reader)
                graph.inputs.append(try value(try reader.message(field, "input[\(graph.inputs.count)]")))
            case 12:
                try check(graph.outputs.count, limits.perNode, "outputs", reader)
                graph.outputs.append(try value(try reader.message(field, "output[\(graph.outputs.count)]")))
            case 15:
                throw reader.malformed(field.offset, "sparse initialisers are not supported")
            default: break
            }
        }
        return graph
    }

    private static func check(
        _ count: Int, _ maximum: Int, _ what: String, _ reader: ProtobufReader
    ) throws(InferenceError) {
        guard count < maximum else {
            throw .limitExceeded(limit: what, value: count + 1, maximum: maximum, path: reader.path)
        }
    }

    private static func node(_ message: ProtobufReader) throws(InferenceError) -> Node {
        var reader = message
        let limits = message.limits
        var name = "", operatorName = "", domain = ""
        var inputs: [String] = [], outputs: [String] = []
        var attributes: [String: Attribute] = [:]
        while let field = try reader.next() {
            switch field.number {
            case 1:
                try check(inputs.count, limits.perNode, "inputs", reader)
                inputs.append(try reader.text(field, maximum: limits.nameBytes))
            case 2:
                try check(outputs.count, limits.perNode, "outputs", reader)
                outputs.append(try reader.text(field, maximum: limits.nameBytes))
            case 3: name = try reader.text(field, maximum: limits.nameBytes)
            case 4: operatorName = try reader.text(field, maximum: limits.nameBytes)
            case 5:
                try check(attributes.count, limits.perNode, "attributes", reader)
                let (key, value) = try attribute(try reader.message(field, "attribute[\(attributes.count)]"))
                guard attributes.updateValue(value, forKey: key) == nil else {
                    throw reader.malformed(field.offset, "the attribute \(key) twice")
                }
            case 7: domain = try reader.text(field, maximum: limits.nameBytes)
            default: break
            }
        }
        return Node(
            name: name, operatorName: operatorName, domain: domain == "ai.onnx" ? "" : domain, inputs: inputs,
            outputs: outputs, attributes: attributes)
    }

    private static func attribute(
        _ message: ProtobufReader
    ) throws(InferenceError) -> (name: String, value: Attribute) {
        var reader = message
        let limits = message.limits
        var name = "", kind = 0, integer = 0, text = ""
        var float: Float = 0
        var integers: [Int] = []
        var floats: [Float] = []
        var tensor: Tensor?
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try reader.text(field, maximum: limits.nameBytes)
            case 2: float = try reader.float(field)
            case 3: integer = try reader.integer(field)
            case 4: text = try reader.text(field, maximum: limits.textBytes)
            case 5: tensor = try TensorDecoder.decode(try reader.message(field, "tensor")).tensor
            case 7: try reader.appendFloats(field, to: &floats, maximum: limits.perNode)
            case 8: try reader.appendIntegers(field, to: &integers, maximum: limits.perNode)
            case 20: kind = try reader.integer(field)
            default: break
            }
        }
        switch kind {
        case 1: return (name, .float(float))
        case 2: return (name, .integer(integer))
        case 3: return (name, .text(text))
        case 4:
            guard let tensor else { throw .invalidGraph(node: message.path, problem: "a tensor attribute without one") }
            return (name, .tensor(tensor))
        case 6: return (name, .floats(floats))
        case 7: return (name, .integers(integers))
        default: return (name, .other(kind: kind))
        }
    }

    private static func value(_ message: ProtobufReader) throws(InferenceError) -> DeclaredValue {
        var reader = message
        var name = "", typeNumber = 0
        var dimensions: [DeclaredValue.Dimension]?
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try reader.text(field, maximum: message.limits.nameBytes)
            case 2:
                var type = try reader.message(field, "type")
                while let field = try type.next() {
                    guard field.number == 1 else { continue }
                    (typeNumber, dimensions) = try tensorType(try type.message(field, "tensor_type"))
                }
            default: break
            }
        }
        return DeclaredValue(name: name, elementTypeNumber: typeNumber, dimensions: dimensions)
    }

    private static func tensorType(
        _ message: ProtobufReader
    ) throws(InferenceError) -> (Int, [DeclaredValue.Dimension]?) {
        var reader = message
        var typeNumber = 0
        var dimensions: [DeclaredValue.Dimension]?
        while let field = try reader.next() {
            switch field.number {
            case 1: typeNumber = try reader.integer(field)
            case 2:
                var shape = try reader.message(field, "shape")
                var found: [DeclaredValue.Dimension] = []
                while let field = try shape.next() {
                    guard field.number == 1 else { continue }
                    try check(found.count, message.limits.axes, "axes", shape)
                    found.append(try dimension(try shape.message(field, "dim[\(found.count)]")))
                }
                dimensions = found
            default: break
            }
        }
        return (typeNumber, dimensions)
    }

    private static func dimension(_ message: ProtobufReader) throws(InferenceError) -> DeclaredValue.Dimension {
        var reader = message
        var result = DeclaredValue.Dimension.symbolic("?")
        while let field = try reader.next() {
            switch field.number {
            case 1: result = .fixed(try reader.integer(field))
            case 2: result = .symbolic(try reader.text(field, maximum: message.limits.nameBytes))
            default: break
            }
        }
        return result
    }
}
