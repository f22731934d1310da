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
    private var integers: [Int] = []

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
            case 13, 14:
                // A model is one file with one digest; data beside it would escape that.
                guard field.number == 14, try reader.integer(field) == 0 else {
                    throw reader.malformed(field.offset, "a tensor outside the file; save the model as one file")
                }
            default: break
            }
        }
    }

    private func tensor(_ message: ProtobufReader) throws(InferenceError) -> Tensor {
        let label = name.isEmpty ? path : name
        guard let type = ElementType(rawValue: typeNumber) else {
            throw .unsupported(operator: "initialiser", node: label, problem: "element type number \(typeNumber)")
        }
        guard let count = elementCount(of: dimensions) else {
            throw .invalidGraph(node: label, problem: "the impossible shape \(describe(shape: dimensions))")
        }
        guard count <= message.limits.tensorElements else {
            throw .limitExceeded(
                limit: "elements", value: count, maximum: message.limits.tensorElements, path: label)
        }
        let found: Int
        if let raw {
            guard raw.count % type.byteCount == 0 else {
                throw message.malformed(raw.lowerBound, "\(raw.count) bytes of \(type.name)")
            }
            found = raw.count / type.byteCount
        } else {
            found = type == .float32 ? floats.count : integers.count
        }
        guard found == count else {
            throw .invalidGraph(
                node: label, problem: "\(found) elements for the shape \(describe(shape: dimensions))")
        }
        if let raw { return Tensor(shape: dimensions, storage: Self.storage(type, message.bytes, raw)) }
        guard let storage = storage(type) else {
            throw .invalidGraph(node: label, problem: "an element outside \(type.name)")
        }
        return Tensor(shape: dimensions, storage: storage)
    }

    private static func storage(_ type: ElementType, _ bytes: [UInt8], _ raw: Range<Int>) -> Tensor.Storage {
        let starts = stride(from: raw.lowerBound, to: raw.upperBound, by: type.byteCount)
        switch type {
        case .uint8: return .uint8(Array(bytes[raw]))
        case .int8: return .int8(bytes[raw].map { Int8(bitPattern: $0) })
        case .float32: return .float32(starts.map { Float(bitPattern: bytes.littleEndian32(at: $0)) })
        case .int32: return .int32(starts.map { Int32(bitPattern: bytes.littleEndian32(at: $0)) })
        case .int64:
            return .int64(
                starts.map {
                    let low = UInt64(bytes.littleEndian32(at: $0)), high = UInt64(bytes.littleEndian32(at: $0 + 4))
                    return Int64(bitPattern: low | high << 32)
                })
        }
    }

    /// From the typed fields; nil when a value does not fit its type.
    private func storage(_ type: ElementType) -> Tensor.Storage? {
        switch type {
        case .float32: .float32(floats)
        case .uint8: exactly(UInt8.self).map { .uint8($0) }
        case .int8: exactly(Int8.self).map { .int8($0) }
        case .int32: exactly(Int32.self).map { .int32($0) }
        case .int64: exactly(Int64.self).map { .int64($0) }
        }
    }

    private func exactly<Value: FixedWidthInteger>(_: Value.Type) -> [Value]? {
        let values = integers.compactMap { Value(exactly: $0) }
        return values.count == integers.count ? values : nil
    }
}
