// The protobuf wire format, read without a schema compiler: a cursor over one message's fields.
// Source: Protocol Buffers documentation, "Encoding".
//
// Every length is checked against the message that holds it before it is used, so a reader never leaves its range, and
// every step consumes at least one byte, so reading ends.

/// A cursor over the fields of one message.
struct ProtobufReader {
    /// A field's payload as the wire has it.
    enum Payload {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// A length-delimited field: a message, text, bytes or packed numbers.
        case bytes(Range<Int>)
    }

    struct Field {
        let number: Int
        let payload: Payload
        /// Where the field's tag begins, from the start of the file.
        let offset: Int
    }

    let bytes: ModelBytes
    /// What the message is, for errors: `model.graph.node[3]`.
    let path: String
    let limits: ModelLimits
    /// Where tensors may keep their elements outside the file; nil where they may not.
    let externalData: ExternalData?
    private let depth: Int
    private var position: Int
    private let end: Int

    init(bytes: ModelBytes, path: String, limits: ModelLimits, externalData: ExternalData? = nil) {
        self.bytes = bytes
        self.externalData = externalData
        self.path = path
        self.limits = limits
        depth = 0
        position = 0
        end = bytes.count
    }

    private init(parent: ProtobufReader, range: Range<Int>, path: String) {
        bytes = parent.bytes
        self.path = path
        limits = parent.limits
        externalData = parent.externalData
        depth = parent.depth + 1
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or nil at the end of the message.
    mutating func next() throws(InferenceError) -> Field? {
        guard position < end else { return nil }
        let offset = position
        let tag = try varint()
        let number = tag >> 3
        guard number >= 1, number <= 0x1FFF_FFFF else { throw malformed(offset, "field number \(number)") }
        let payload: Payload
        switch tag & 7 {
        case 0: payload = .varint(try varint())
        case 1: payload = .fixed64(try littleEndian(byteCount: 8))
        case 2: payload = .bytes(try delimited())
        case 5: payload = .fixed32(UInt32(truncatingIfNeeded: try littleEndian(byteCount: 4)))
        default: throw malformed(offset, "wire type \(tag & 7)")
        }
        return Field(number: Int(number), payload: payload, offset: offset)
    }

    /// A cursor over a field that holds a message.
    func message(_ field: Field, _ name: String) throws(InferenceError) -> ProtobufReader {
        let reader = ProtobufReader(parent: self, range: try range(field), path: "\(path).\(name)")
        guard reader.depth <= limits.nesting else {
            throw .limitExceeded(limit: "nesting", value: reader.depth, maximum: limits.nesting, path: path)
        }
        return reader
    }

    /// The place of a length-delimited field in `bytes`.
    func range(_ field: Field) throws(InferenceError) -> Range<Int> {
        guard case .bytes(let range) = field.payload else {
            throw malformed(field.offset, "field \(field.number) should be length-delimited")
        }
        return range
    }

    func integer(_ field: Field) throws(InferenceError) -> Int {
        guard case .varint(let value) = field.payload else {
            throw malformed(field.offset, "field \(field.number) should be an integer")
        }
        return Int(truncatingIfNeeded: value)
    }

    func float(_ field: Field) throws(InferenceError) -> Float {
        guard case .fixed32(let bits) = field.payload else {
            throw malformed(field.offset, "field \(field.number) should be a float")
        }
        return Float(bitPattern: bits)
    }

    /// Text of at most `maximum` bytes.
    func text(_ field: Field, maximum: Int) throws(InferenceError) -> String {
        let range = try range(field)
        guard range.count <= maximum else {
            throw .limitExceeded(limit: "text bytes", value: range.count, maximum: maximum, path: path)
        }
        guard let text = bytes.withBytes(range, { String(validating: $0, as: UTF8.self) }) else {
            throw malformed(field.offset, "text that is not UTF-8")
        }
        return text
    }

    /// A repeated integer field, packed or not: appends its values.
    func appendIntegers(_ field: Field, to values: inout [Int], maximum: Int) throws(InferenceError) {
        switch field.payload {
        case .varint(let value):
            values.append(Int(truncatingIfNeeded: value))
        case .bytes(let range):
            var packed = ProtobufReader(parent: self, range: range, path: path)
            while packed.position < packed.end, values.count <= maximum {
                values.append(Int(truncatingIfNeeded: try packed.varint()))
            }
        default:
            throw malformed(field.offset, "field \(field.number) should hold integers")
        }
        try checkCount(values.count, maximum)
    }

    /// A repeated float field, packed or not: appends its values.
    func appendFloats(_ field: Field, to values: inout [Float], maximum: Int) throws(InferenceError) {
        if case .fixed32(let bits) = field.payload {
            values.append(Float(bitPattern: bits))
        } else {
            try appendPacked(field, to: &values, maximum: maximum)
        }
        try checkCount(values.count, maximum)
    }

    /// A repeated double field, packed or not: appends its values.
    func appendDoubles(_ field: Field, to values: inout [Double], maximum: Int) throws(InferenceError) {
        if case .fixed64(let bits) = field.payload {
            values.append(Double(bitPattern: bits))
        } else {
            try appendPacked(field, to: &values, maximum: maximum)
        }
        try checkCount(values.count, maximum)
    }

    private func appendPacked<Value: BitwiseCopyable>(
        _ field: Field, to values: inout [Value], maximum: Int
    ) throws(InferenceError) {
        let range = try range(field), size = MemoryLayout<Value>.size
        guard range.count % size == 0 else {
            throw malformed(field.offset, "\(range.count) bytes of packed numbers of \(size) bytes")
        }
        try checkCount(values.count + range.count / size, maximum)
        // Both the wire and the machines this runs on are little-endian.
        bytes.withBytes(bytes.indices) { all in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                values.append(all.loadUnaligned(fromByteOffset: start, as: Value.self))
            }
        }
    }

    /// A whole message that is a StringStringEntryProto.
    func entry() throws(InferenceError) -> (key: String, value: String) {
        var reader = self
        var key = "", value = ""
        while let field = try reader.next() {
            switch field.number {
            case 1: key = try reader.text(field, maximum: limits.nameBytes)
            case 2: value = try reader.text(field, maximum: limits.textBytes)
            default: break
            }
        }
        return (key, value)
    }

    func malformed(_ offset: Int, _ problem: String) -> InferenceError {
        .malformed(offset: offset, path: path, problem: problem)
    }

    private func checkCount(_ count: Int, _ maximum: Int) throws(InferenceError) {
        guard count <= maximum else {
            throw .limitExceeded(limit: "repeated values", value: count, maximum: maximum, path: path)
        }
    }

    private mutating func varint() throws(InferenceError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw malformed(start, "the message ends within an integer") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard shift < 63 || byte <= 1 else { break }
                return value
            }
        }
        throw malformed(start, "an integer longer than 64 bits")
    }

    private mutating func littleEndian(byteCount: Int) throws(InferenceError) -> UInt64 {
        guard end - position >= byteCount else { throw malformed(position, "the message ends within a number") }
        var value: UInt64 = 0
        for index in 0..<byteCount { value |= UInt64(bytes[position + index]) << (8 * UInt64(index)) }
        position += byteCount
        return value
    }

    private mutating func delimited() throws(InferenceError) -> Range<Int> {
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw malformed(start, "a length of \(length) where \(end - position) bytes are left")
        }
        let range = position..<(position + Int(length))
        position = range.upperBound
        return range
    }
}
