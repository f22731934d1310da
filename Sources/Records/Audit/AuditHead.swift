/// A place in a stage's audit log: a row's number and its hash, which stands for every row up to it.
///
/// Noted elsewhere, it shows later that none of those rows was changed or cut off.
public struct AuditHead: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 0 before the first row.
    public var number: Int64
    public var hash: Digest

    public init(number: Int64, hash: Digest) {
        self.number = number
        self.hash = hash
    }

    /// As ``description`` writes it, `NUMBER:HASH`; nil where `text` is something else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number >= 0,
            let hash = Digest(hexadecimal: String(parts[1]))
        else { return nil }
        self.init(number: number, hash: hash)
    }

    public var description: String { "\(number):\(hash)" }
}
