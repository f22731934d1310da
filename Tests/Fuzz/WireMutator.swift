/// A message of the protobuf wire format as a tree, so that a change deep inside leaves the lengths around it right:
/// what is changed byte by byte seldom gets past the first of them.
///
/// The format does not say which bytes are a message: whatever reads as one is taken for one.
struct WireMessage {
    enum Payload {
        case varint(UInt64)
        case fixed32([UInt8])
        case fixed64([UInt8])
        case bytes([UInt8])
        case message(WireMessage)
    }

    struct Field {
        var number: UInt64
        var payload: Payload
    }

    var fields: [Field] = []

    /// Deeper is read as bytes; ONNX nests six messages.
    static let deepest = 8

    init?(_ bytes: ArraySlice<UInt8>, depth: Int = 0) {
        var rest = bytes
        while !rest.isEmpty {
            guard let tag = Self.varint(&rest), tag >> 3 > 0, let payload = Self.payload(tag & 7, &rest, depth) else {
                return nil
            }
            fields.append(Field(number: tag >> 3, payload: payload))
        }
    }

    var bytes: [UInt8] {
        fields.reduce(into: []) { bytes, field in
            switch field.payload {
            case .varint(let value): bytes += Self.varint(field.number << 3) + Self.varint(value)
            case .fixed64(let content): bytes += Self.varint(field.number << 3 | 1) + content
            case .fixed32(let content): bytes += Self.varint(field.number << 3 | 5) + content
            case .bytes(let content): bytes += Self.delimited(field.number, content)
            case .message(let message): bytes += Self.delimited(field.number, message.bytes)
            }
        }
    }

    private static func payload(_ wireType: UInt64, _ rest: inout ArraySlice<UInt8>, _ depth: Int) -> Payload? {
        switch wireType {
        case 0: varint(&rest).map { .varint($0) }
        case 1: take(8, &rest).map { .fixed64(Array($0)) }
        case 5: take(4, &rest).map { .fixed32(Array($0)) }
        case 2:
            varint(&rest).flatMap { take($0, &rest) }.map { content in
                guard depth < deepest, !content.isEmpty, let message = WireMessage(content, depth: depth + 1) else {
                    return .bytes(Array(content))
                }
                return .message(message)
            }
        default: nil
        }
    }

    private static func take(_ count: UInt64, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard count <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [], rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func delimited(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }
}

extension Mutator {
    /// A changed message of the wire format, now and then with a part of another one, now and then with a wrong length.
    mutating func mutatedMessage(_ seed: [UInt8], _ other: [UInt8]) -> [UInt8] {
        guard var message = WireMessage(seed[...]), let donor = WireMessage(other[...]) else { return seed }
        for _ in 0...below(4) { change(&message, donor) }
        var bytes = message.bytes
        guard !bytes.isEmpty, below(5) == 0 else { return bytes }
        switch below(3) {
        case 0: bytes[below(bytes.count)] = UInt8(below(256))
        case 1: bytes.removeLast(below(bytes.count))
        default: bytes.remove(at: below(bytes.count))
        }
        return bytes
    }

    private mutating func change(_ message: inout WireMessage, _ donor: WireMessage) {
        guard !message.fields.isEmpty else { return }
        let index = below(message.fields.count)
        let field = message.fields[index]
        // Most of what matters lies deep.
        if case .message(var inner) = field.payload, below(8) > 0 {
            let like = donor.fields.filter { $0.number == field.number }.randomElement(using: &self)
            if case .message(let part)? = like?.payload {
                change(&inner, part)
            } else {
                change(&inner, donor)
            }
            message.fields[index].payload = .message(inner)
            return
        }
        switch below(8) {
        case 0: message.fields.remove(at: index)
        case 1: message.fields.insert(field, at: below(message.fields.count))
        case 2: message.fields.swapAt(index, below(message.fields.count))
        case 3: message.fields[index].number = UInt64(1 + below(30))
        case 4: message.fields.append(donor.fields.randomElement(using: &self) ?? field)
        default: message.fields[index].payload = changed(field.payload, message)
        }
    }

    private mutating func changed(_ payload: WireMessage.Payload, _ around: WireMessage) -> WireMessage.Payload {
        switch payload {
        case .varint(let value): return .varint(below(2) == 0 ? one(of: Self.integers) : value &+ UInt64(below(5)) &- 2)
        case .fixed32: return .fixed32(one(of: Self.floats).littleEndianBytes)
        case .fixed64(let content): return .fixed64(content.reversed())
        case .message(let inner): return .message(nested(inner, times: below(12)))
        case .bytes(var content):
            // A name that another field has leads elsewhere in the graph.
            let names = around.fields.compactMap { field -> [UInt8]? in
                if case .bytes(let name) = field.payload { name } else { nil }
            }
            switch below(4) {
            case 0: content = one(of: names)
            case 1: content.removeLast(below(content.count + 1))
            case 2: content += [UInt8](repeating: UInt8(below(256)), count: below(64))
            default: if !content.isEmpty { content[below(content.count)] = UInt8(below(256)) }
            }
            return .bytes(content)
        }
    }

    /// A message within itself, in its own first message's place.
    private func nested(_ message: WireMessage, times: Int) -> WireMessage {
        guard times > 0 else { return message }
        var outer = message
        for index in outer.fields.indices {
            guard case .message = outer.fields[index].payload else { continue }
            outer.fields[index].payload = .message(nested(message, times: times - 1))
            break
        }
        return outer
    }

    /// Sizes, axes, types and counts that are at an edge.
    private static let integers: [UInt64] = [
        0, 1, 2, 3, 6, 7, 8, 9, 255, 256, 65_535, 1 << 20, 1 << 28, 1 << 31, 1 << 32, 1 << 62, UInt64(Int64.max),
        1 << 63, UInt64.max, UInt64.max - 1, UInt64.max - 3,
    ]

    private static let floats: [Float] = [
        0, -0.0, 1, -1, 0.5, 1e-45, 1e-30, 3e38, .infinity, -.infinity, .nan, 2_147_483_648,
    ]
}

extension Float {
    fileprivate var littleEndianBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bitPattern >> (8 * UInt32($0))) }
    }
}
