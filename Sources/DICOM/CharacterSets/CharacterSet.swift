/// A Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 section 6.1), for showing text only: stored bytes are never
/// rewritten.
///
/// All sets of the standard are decoded, with code extensions. What has no meaning in a set, or belongs to a set that
/// is unknown, becomes U+FFFD, so that nothing wrong is shown as if it were right.
public struct CharacterSet: Sendable, Equatable {
    enum Encoding: Sendable, Equatable {
        case utf8
        /// Also GBK, which is a part of it.
        case gb18030
        /// Code elements that escape sequences can change (ISO 2022); what holds at the start of each value.
        case codeElements(CodeElements)
    }

    let encoding: Encoding
    /// Whether the first of the declared sets is one of the standard.
    public let isKnown: Bool

    private init(_ encoding: Encoding, isKnown: Bool = true) {
        self.encoding = encoding
        self.isKnown = isKnown
    }

    /// ISO_IR 6: ASCII.
    public static let defaultRepertoire = CharacterSet(.codeElements(CodeElements()))
    /// ISO_IR 192.
    public static let utf8 = CharacterSet(.utf8)

    /// The set for the values of Specific Character Set, still joined by backslashes.
    ///
    /// Only the first value matters here: it holds at the start of each text. Others are reached by escape sequences,
    /// each of which names its set by itself.
    public init(definedTerms: String) {
        let first = definedTerms.split(separator: "\\", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        // Senders write `ISO-IR 100`, `ISO IR_100` and `ISO2022IR87` too: letters and digits tell.
        let term = String(first).uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        switch term {
        case "": self = .defaultRepertoire
        case "ISOIR192", "UTF8": self = .utf8
        case "GB18030", "GBK", "ISO2022GBK": self.init(.gb18030)
        case "ISO202258": self.init(.codeElements(CodeElements(registration: 58) ?? CodeElements()))
        default:
            let number = term.hasPrefix("ISOIR") ? term.dropFirst(5)
                : term.hasPrefix("ISO2022IR") ? term.dropFirst(9) : ""
            let elements = Int(number).flatMap(CodeElements.init)
            self.init(.codeElements(elements ?? CodeElements()), isKnown: elements != nil)
        }
    }

    /// The text of `bytes`, the value of an element of representation `vr`, which says where code extensions end.
    ///
    /// Padding and control characters other than escape sequences stay as they are.
    public func decode(_ bytes: some Sequence<UInt8>, _ vr: VR = .LO) -> String {
        switch encoding {
        case .utf8:
            return String(decoding: Array(bytes), as: UTF8.self)
        case .gb18030:
            return GB18030.decode(Array(bytes))
        case .codeElements(let initial):
            // Most text is ASCII, where there is nothing to decide.
            let bytes = Array(bytes)
            if bytes.allSatisfy({ $0 < 0x80 && $0 != CodeExtensionDecoder.escape }) {
                return String(decoding: bytes, as: UTF8.self)
            }
            var decoder = CodeExtensionDecoder(initial, vr)
            return decoder.decode(bytes[...])
        }
    }
}
