/// A SHA-256 digest: 32 bytes, shown as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    public static let byteCount = 32

    public let bytes: [UInt8]

    /// The digest made of `bytes`, or nil where there are not exactly 32.
    public init?(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The digest written as hexadecimal digits.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 2 * Self.byteCount else { return nil }
        let digits = text.utf8.map { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") ? $0 - 48 : ($0 | 0x20) &- 87 }
        guard digits.allSatisfy({ $0 < 16 }) else { return nil }
        bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(hexadecimal: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a SHA-256 digest"))
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { text in
            for index in bytes.indices {
                text[2 * index] = Self.digits[Int(bytes[index] >> 4)]
                text[2 * index + 1] = Self.digits[Int(bytes[index] & 15)]
            }
            return 2 * Self.byteCount
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
