// Just enough of the protobuf wire format to write models by hand, wrong ones above all.

struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field) << 3 | 5)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    mutating func data(_ field: Int, _ content: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func text(_ field: Int, _ content: String) { data(field, Array(content.utf8)) }

    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        data(field, inner.bytes)
    }
}

/// A model in the making, as a file would hold it.
struct ModelWriter {
    struct Node {
        enum Attribute {
            case integer(Int)
            case float(Float)
            case text(String)
        }

        var operatorName: String
        var inputs: [String]
        var output: String
        var furtherOutputs: [String] = []
        var integers: [String: [Int]] = [:]
        var attributes: [String: Attribute] = [:]
        var axis: Int?
    }

    var input: (name: String, type: Int, shape: [Int]) = ("x", 1, [1, 1, 8, 8])
    var nodes: [Node] = []
    /// Name, element type, shape and raw bytes.
    var initialisers: [(String, Int, [Int], [UInt8])] = []
    /// Tensors with their elements elsewhere: name, element type, shape, and what says where.
    var external: [(String, Int, [Int], [String: String])] = []
    var output = "y"
    var operatorSet = 17

    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) } }
    }

    static func integers(_ values: [Int]) -> [UInt8] {
        values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    /// One node, whose operand 0 is the float32 input `x` and whose others are int64 constants; an operand without
    /// elements stays away when it is nil.
    static func node(
        _ operatorName: String, on shape: [Int] = [1, 4, 6, 6], _ operands: [[Int]?] = [],
        integers: [String: [Int]] = [:], attributes: [String: Node.Attribute] = [:]
    ) -> ModelWriter {
        var model = ModelWriter()
        model.input.shape = shape
        var inputs = ["x"]
        for (index, values) in operands.enumerated() {
            inputs.append(values == nil ? "" : "c\(index)")
            guard let values else { continue }
            model.initialisers.append(("c\(index)", 7, [values.count], Self.integers(values)))
        }
        model.nodes = [
            Node(
                operatorName: operatorName, inputs: inputs, output: "y", integers: integers, attributes: attributes)
        ]
        return model
    }

    var bytes: [UInt8] {
        var model = ProtobufWriter()
        model.integer(1, 8)
        model.message(8) { $0.integer(2, operatorSet) }
        model.message(7) { graph in
            for node in nodes { graph.message(1) { Self.write(node, &$0) } }
            for (name, type, shape, raw) in initialisers {
                graph.message(5) { tensor in
                    for size in shape { tensor.integer(1, size) }
                    tensor.integer(2, type)
                    tensor.text(8, name)
                    tensor.data(9, raw)
                }
            }
            for (name, type, shape, entries) in external {
                graph.message(5) { tensor in
                    for size in shape { tensor.integer(1, size) }
                    tensor.integer(2, type)
                    tensor.text(8, name)
                    for (key, value) in entries {
                        tensor.message(13) { entry in
                            entry.text(1, key)
                            entry.text(2, value)
                        }
                    }
                    tensor.integer(14, 1)
                }
            }
            graph.message(11) { Self.write(input, &$0) }
            graph.message(12) { $0.text(1, output) }
        }
        return model.bytes
    }

    private static func write(_ node: Node, _ writer: inout ProtobufWriter) {
        for input in node.inputs { writer.text(1, input) }
        for output in [node.output] + node.furtherOutputs { writer.text(2, output) }
        writer.text(3, "node \(node.output)")
        writer.text(4, node.operatorName)
        if let axis = node.axis {
            writer.message(5) { attribute in
                attribute.text(1, "axis")
                attribute.integer(3, axis)
                attribute.integer(20, 2)
            }
        }
        for (name, attribute) in node.attributes {
            writer.message(5) { message in
                message.text(1, name)
                switch attribute {
                case .integer(let value):
                    message.integer(3, value)
                    message.integer(20, 2)
                case .float(let value):
                    message.float(2, value)
                    message.integer(20, 1)
                case .text(let value):
                    message.text(4, value)
                    message.integer(20, 3)
                }
            }
        }
        for (name, values) in node.integers {
            writer.message(5) { attribute in
                attribute.text(1, name)
                for value in values { attribute.integer(8, value) }
                attribute.integer(20, 7)
            }
        }
    }

    private static func write(_ value: (name: String, type: Int, shape: [Int]), _ writer: inout ProtobufWriter) {
        writer.text(1, value.name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, value.type)
                tensor.message(2) { shape in
                    for size in value.shape { shape.message(1) { $0.integer(1, size) } }
                }
            }
        }
    }

    /// A small quantised network that is as it should be; the hostile tests bend it.
    static var sound: ModelWriter {
        var model = ModelWriter()
        model.initialisers = [
            ("scale", 1, [], floats([0.05])), ("zero", 3, [], [3]),
            ("weights", 3, [2, 1, 3, 3], (0..<18).map { UInt8(bitPattern: Int8($0 * 7 - 60)) }),
            ("weight scale", 1, [2], floats([0.01, 0.02])), ("weight zero", 3, [2], [0, 0]),
        ]
        model.nodes = [
            Node(
                operatorName: "DequantizeLinear", inputs: ["weights", "weight scale", "weight zero"], output: "w",
                axis: 0),
            Node(operatorName: "QuantizeLinear", inputs: ["x", "scale", "zero"], output: "xq"),
            Node(operatorName: "DequantizeLinear", inputs: ["xq", "scale", "zero"], output: "xd"),
            Node(operatorName: "Conv", inputs: ["xd", "w"], output: "c", integers: ["pads": [1, 1, 1, 1]]),
            Node(operatorName: "Relu", inputs: ["c"], output: "r"),
            Node(operatorName: "QuantizeLinear", inputs: ["r", "scale", "zero"], output: "rq"),
            Node(operatorName: "DequantizeLinear", inputs: ["rq", "scale", "zero"], output: "y"),
        ]
        return model
    }
}
