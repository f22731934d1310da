/// A short text in an audit event: printable ASCII of a bounded length, whatever somebody else put into it.
///
/// Characters that would break a line or need escaping in JSON become `?`. A text that is too long is cut, and then
/// ends in `~`.
public struct AuditText: Hashable, Sendable, CustomStringConvertible {
    /// What a text is, which says how long it may be.
    public enum Field: Sendable, CaseIterable {
        case aeTitle, address, account, destination, file, modelName, modelVersion, reason

        /// In bytes.
        public var longest: Int {
            switch self {
            // VR AE (PS3.5 section 6.2).
            case .aeTitle: 16
            // An IPv6 address takes 45, the name of its zone 16 more.
            case .address: 64
            // Linux' user names.
            case .account: 32
            // Names in the configuration are shorter; names of models stand in results (VR LO, PS3.5 section 6.2).
            case .destination, .modelName, .modelVersion: 64
            // NAME_MAX of Linux.
            case .file: 255
            // Every flag at once.
            case .reason: 256
            }
        }
    }

    public let value: String

    public init(_ text: String, as field: Field) {
        // One more than fits, and never more of a text that may be megabytes long.
        var bytes = text.unicodeScalars.prefix(field.longest + 1).map { scalar -> UInt8 in
            let isPlain = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
            return isPlain ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "?")
        }
        if bytes.count > field.longest {
            bytes.removeLast(2)
            bytes.append(UInt8(ascii: "~"))
        }
        value = String(decoding: bytes, as: UTF8.self)
    }

    public var description: String { value }
}
