/// A unique identifier (PS3.5 chapter 9): digits and dots, 1 to 64 characters.
///
/// Leading zeros in components are tolerated: real devices send them, and a UID is only ever compared, never computed
/// with. A UID never names a file.
public struct UID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let value: String

    /// The UID, or nil where `value` has other characters or another length than the standard allows.
    public init?(_ value: String) {
        guard (1...64).contains(value.utf8.count),
            value.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E })
        else { return nil }
        self.value = value
    }

    /// A UID known to the program. A wrong one is our own bug.
    public init(known value: StaticString) {
        guard let uid = UID(value.description) else { preconditionFailure("not a UID: \(value)") }
        self = uid
    }

    /// A UUID-derived UID (PS3.5 B.2): `2.25.` and the first 16 bytes of `digest` as one decimal number.
    ///
    /// Deriving from digests instead of chance makes a repeated computation repeat its UIDs.
    public init(derivedFrom digest: some Sequence<UInt8>) {
        var number: UInt128 = 0
        var count = 0
        for byte in digest.prefix(16) {
            number = number << 8 | UInt128(byte)
            count += 1
        }
        precondition(count == 16, "a UID is derived from at least 16 bytes")
        value = "2.25.\(number)"
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let uid = UID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a DICOM UID"))
        }
        self = uid
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    public var description: String { value }

    public static func < (left: UID, right: UID) -> Bool { left.value < right.value }
}
