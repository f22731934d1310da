/// A moment as it stands in a record: what the wall clock said, and whether the clock could be trusted then.
///
/// As JSON it is a ``Timestamp`` that has one key more where the clock could not be trusted. What was written before
/// there was such a key reads as trusted.
public struct RecordedTime: Hashable, Sendable, Codable {
    public var timestamp: Timestamp
    /// False while the clock had not been set: a box without a battery starts in 1970.
    public var isTrusted: Bool

    public init(_ timestamp: Timestamp, isTrusted: Bool) {
        self.timestamp = timestamp
        self.isTrusted = isTrusted
    }

    private enum CodingKeys: String, CodingKey { case isTrusted }

    public init(from decoder: any Decoder) throws {
        timestamp = try Timestamp(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isTrusted = try container.decodeIfPresent(Bool.self, forKey: .isTrusted) ?? true
    }

    public func encode(to encoder: any Encoder) throws {
        try timestamp.encode(to: encoder)
        guard !isTrusted else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(false, forKey: .isTrusted)
    }
}
