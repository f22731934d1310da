// TensorProto of onnx.proto: a constant tensor. Elements come as raw little-endian bytes or in a typed field.

struct TensorDecoder {
    /// The tensor and its name.
    static func decode(_ message: ProtobufReader) throws(InferenceError) -> (name: String, tensor: Tensor) {
        var decoder = TensorDecoder(path: message.path)
        try decoder.read(message)
        return (decoder.name, try decoder.tensor(message))
    }

    private let path: String
    private var name = ""
    private var dimensions: [Int] = []
    private var typeNumber = 0
    private var raw: Range<Int>?
    private var floats: [Float] = []
    private var doubles: [Double] = []
    private var integers: [Int] = []
    private var isExternal = false
    private var external: [String: String] = [:]

    private init(path: String) { self.path = path }

    private mutating func read(_ message: ProtobufReader) throws(InferenceError) {
        var reader = message
        let limits = message.limits
        while let field = try reader.next() {
            switch field.number {
            case 1: try reader.appendIntegers(field, to: &dimensions, maximum: limits.axes)
            case 2: typeNumber = try reader.integer(field)
            case 3: throw reader.malformed(field.offset, "a tensor in segments")
            case 4: try reader.appendFloats(field, to: &floats, maximum: limits.tensorElements)
            case 5, 7: try reader.appendIntegers(field, to: &integers, maximum: limits.tensorElements)
            case 8: name = try reader.text(field, maximum: limits.nameBytes)
            case 9: raw = try reader.range(field)
            case 10: try reader.appendDoubles(field, to: &doubles, maximum: limits.tensorElements)
            case 13:
                let (key, value) = try reader.message(field, "external_data").entry()
                external[key] = value
                guard external.count <= limits.perNode else {
                    throw .limitExceeded(
                        limit: "external data", value: external.count, maximum: limits.perNode, path: message.path)
                }
            case 14: isExternal = try reader.integer(field) == 1
            default: break
            }
        }
    }

    private func tensor(_ message: ProtobufReader) throws(InferenceError) -> Tensor {
        let label = name.isEmpty ? path : name
        guard let type = ElementType(rawValue: typeNumber) else {
            throw .unsupported(operator: "initialiser", node: label, problem: "element type number \(typeNumber)")
        }
        let count = try message.limits.elementCount(of: dimensions, label)
        // A count within the limits does not overflow.
        let bytes = try bytes(message, type, byteCount: count * type.byteCount, label)
        guard bytes.count == count * type.byteCount else {
            throw .invalidGraph(
                node: label,
                problem: "\(bytes.count) bytes of \(type.name) for the shape \(describe(shape: dimensions))")
        }
        guard type != .bool || bytes.withUnsafeBytes({ $0.allSatisfy { $0 <= 1 } }) else {
            throw .invalidGraph(node: label, problem: "a bool that is neither 0 nor 1")
        }
        return Tensor(shape: dimensions, elementType: type, bytes: bytes)
    }

    private func bytes(
        _ message: ProtobufReader, _ type: ElementType, byteCount: Int, _ label: String
    ) throws(InferenceError) -> TensorBytes {
        if isExternal {
            guard let files = message.externalData else {
                throw .invalidGraph(
                    node: label, problem: "elements in another file, where a model has to be one file")
            }
            return try files.bytes(external, byteCount: byteCount, label: label)
        }
        if let raw { return TensorBytes(message.bytes, raw) }
        guard let bytes = typedBytes(type) else {
            throw .invalidGraph(node: label, problem: "an element outside \(type.name)")
        }
        return TensorBytes(bytes)
    }

    /// From the typed fields; nil when a value does not fit its type.
    private func typedBytes(_ type: ElementType) -> [UInt8]? {
        switch type {
        case .float32: Self.bytes(floats)
        case .float64: Self.bytes(doubles)
        case .uint8, .bool: exactly(UInt8.self)
        case .int8: exactly(Int8.self)
        case .int32: exactly(Int32.self)
        case .int64: exactly(Int64.self)
        // Half floats travel as their bits.
        case .float16: exactly(UInt16.self)
        }
    }

    private func exactly<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> [UInt8]? {
        let values = integers.compactMap { Value(exactly: $0) }
        return values.count == integers.count ? Self.bytes(values) : nil
    }

    private static func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { Array($0) }
    }
}
