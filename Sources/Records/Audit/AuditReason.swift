/// Why something happened, in words of this program's source.
///
/// It is made of literals and numbers alone, so that neither a data set's values nor a peer's words can get into it.
public struct AuditReason: Hashable, Sendable {
    public let text: AuditText
    /// A status, error or HTTP number.
    public let code: Int?

    /// - Parameters:
    ///   - text: a literal.
    ///   - code: the number that somebody else gave: a DIMSE status, an HTTP status, an errno.
    public init(_ text: StaticString, code: Int? = nil) {
        self.text = AuditText(text.description, as: .reason)
        self.code = code
    }

    /// What is odd about an object; nil where nothing is.
    public init?(_ flags: [InstanceFlag]) {
        guard !flags.isEmpty else { return nil }
        text = AuditText(flags.map(\.rawValue).joined(separator: " "), as: .reason)
        code = nil
    }
}
