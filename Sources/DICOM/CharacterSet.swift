/// A Specific Character Set, for showing text only: stored bytes are never rewritten (PS3.3 C.12.1.1.2).
///
/// Decoded here: the default repertoire, Latin 1, Cyrillic and UTF-8. Text in any other set shows its ASCII
/// characters and a replacement character for each other byte, so that nothing wrong is shown as if it were right.
public enum CharacterSet: Sendable, Equatable {
    case defaultRepertoire
    case latin1
    case cyrillic
    case utf8
    case unsupported(String)

    /// The set for the values of Specific Character Set, still joined by backslashes.
    public init(definedTerms: String) {
        switch definedTerms.trimmingPadding() {
        case "", "ISO_IR 6", "ISO 2022 IR 6": self = .defaultRepertoire
        case "ISO_IR 100", "ISO 2022 IR 100": self = .latin1
        case "ISO_IR 144", "ISO 2022 IR 144": self = .cyrillic
        case "ISO_IR 192": self = .utf8
        case let other: self = .unsupported(other)
        }
    }

    public func decode(_ bytes: some Sequence<UInt8>) -> String {
        switch self {
        case .utf8:
            return String(decoding: Array(bytes), as: UTF8.self)
        case .latin1:
            return Self.decode(bytes) { UnicodeScalar($0) }
        case .cyrillic:
            return Self.decode(bytes, high: Self.cyrillicScalar)
        case .defaultRepertoire, .unsupported:
            return Self.decode(bytes) { _ in "\u{FFFD}" }
        }
    }

    private static func decode(_ bytes: some Sequence<UInt8>, high: (UInt8) -> UnicodeScalar) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(byte < 0x80 ? UnicodeScalar(byte) : high(byte)) }
        return String(text)
    }

    /// ISO 8859-5: U+0401 onwards in order, but for three punctuation marks.
    private static func cyrillicScalar(_ byte: UInt8) -> UnicodeScalar {
        switch byte {
        case 0x80...0xA0, 0xAD: UnicodeScalar(byte)
        case 0xF0: "\u{2116}"
        case 0xFD: "\u{00A7}"
        default: UnicodeScalar(0x0400 + UInt32(byte) - 0xA0) ?? "\u{FFFD}"
        }
    }
}
