/// Decodes text with code extensions (PS3.5 section 6.1.2.5).
struct CodeExtensionDecoder {
    static let escape: UInt8 = 0x1B

    private let initial: CodeElements
    private let delimiters: Set<UInt8>
    private var current: CodeElements
    private var text = String.UnicodeScalarView()

    /// - Parameter vr: says which characters part values and components: there the first set holds again (PS3.5
    ///   section 6.1.2.5.3).
    init(_ initial: CodeElements, _ vr: VR) {
        self.initial = initial
        current = initial
        let backslash: Set<UInt8> = vr.isSingleText ? [] : [0x5C]
        delimiters = vr == .PN ? backslash.union([UInt8(ascii: "^"), UInt8(ascii: "=")]) : backslash
    }

    mutating func decode(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = bytes
        while let byte = rest.first {
            rest = rest.dropFirst()
            switch byte {
            case Self.escape:
                if let length = current.designate(rest) {
                    rest = rest.dropFirst(length)
                } else {
                    text.append("\u{FFFD}")
                }
            case 0..<0x20:
                // Line and page ends, and tabulators.
                if (0x09...0x0D).contains(byte) { current = initial }
                text.append(UnicodeScalar(byte))
            case 0x20, 0x7F:
                text.append(UnicodeScalar(byte))
            case ..<0x80:
                appendLower(byte, &rest)
            default:
                appendUpper(byte, &rest)
            }
        }
        return String(text)
    }

    private mutating func appendLower(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) {
        switch current.lower {
        case .ascii:
            text.append(UnicodeScalar(byte))
            if delimiters.contains(byte) { current = initial }
        case .jisX0208:
            appendPair(CharacterTables.jisX0208, byte, &rest, from: 0x21)
        case .jisX0212:
            appendPair(CharacterTables.jisX0212, byte, &rest, from: 0x21)
        }
    }

    private mutating func appendUpper(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) {
        switch current.upper {
        case .none:
            text.append("\u{FFFD}")
        case .singleByte(let registration):
            let table = CharacterTables.singleByte(registration: registration)
            text.append(table.flatMap { CharacterTables.scalar($0, Int(byte) - 0xA0) } ?? "\u{FFFD}")
        case .ksX1001:
            appendPair(CharacterTables.ksX1001, byte, &rest, from: 0xA1)
        case .gb2312:
            guard (0xA1...0xFE).contains(byte), let second = rest.first, (0xA1...0xFE).contains(second) else {
                return text.append("\u{FFFD}")
            }
            rest = rest.dropFirst()
            text.append(GB18030.gb2312(byte, second) ?? "\u{FFFD}")
        }
    }

    /// A character of two bytes, each from `first` on.
    private mutating func appendPair(
        _ table: StaticString, _ byte: UInt8, _ rest: inout ArraySlice<UInt8>, from first: UInt8
    ) {
        let range = first...(first + UInt8(CharacterTables.cellsPerRow - 1))
        // A wrong byte is dropped alone, so that the next one can begin a character.
        guard range.contains(byte), let second = rest.first, range.contains(second) else {
            return text.append("\u{FFFD}")
        }
        rest = rest.dropFirst()
        let index = Int(byte - first) * CharacterTables.cellsPerRow + Int(second - first)
        text.append(CharacterTables.scalar(table, index) ?? "\u{FFFD}")
    }
}
