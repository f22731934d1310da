/// The two code elements that bytes refer to: G0 for those below 0x80, G1 for those above (PS3.5 section 6.1.2.1,
/// ISO 2022).
struct CodeElements: Sendable, Equatable {
    enum Lower: Sendable, Equatable {
        /// ISO 646, and the Roman half of JIS X 0201, whose yen sign and overline stand for the backslash, which parts
        /// values, and for the tilde.
        case ascii
        /// ISO registration 87.
        case jisX0208
        /// ISO registration 159.
        case jisX0212
    }

    enum Upper: Sendable, Equatable {
        case none
        /// The ISO registration number of a set with one byte to a character.
        case singleByte(Int)
        /// ISO registration 149.
        case ksX1001
        /// ISO registration 58.
        case gb2312
    }

    var lower = Lower.ascii
    var upper = Upper.none

    init() {}

    /// What a defined term with this registration number stands for as the first value of Specific Character Set
    /// (PS3.3 tables C.12-2 to C.12-4); nil where there is none.
    init?(registration: Int) {
        switch registration {
        // The Japanese sets take the place of ASCII only after an escape sequence.
        case 6, 87, 159: upper = .none
        case 149: upper = .ksX1001
        case 58: upper = .gb2312
        case _ where CharacterTables.singleByte(registration: registration) != nil: upper = .singleByte(registration)
        default: return nil
        }
    }

    /// Takes the escape sequence that `bytes` begin with, behind the escape (PS3.3 tables C.12-3 and C.12-4): its
    /// length, or nil where it is none of the standard, which then changes nothing.
    mutating func designate(_ bytes: ArraySlice<UInt8>) -> Int? {
        switch String(decoding: bytes.prefix(2), as: UTF8.self) {
        case "(B", "(J": lower = .ascii
        case "$B", "$@": lower = .jisX0208
        case ")I": upper = .singleByte(13)
        case "-A": upper = .singleByte(100)
        case "-B": upper = .singleByte(101)
        case "-C": upper = .singleByte(109)
        case "-D": upper = .singleByte(110)
        case "-F": upper = .singleByte(126)
        case "-G": upper = .singleByte(127)
        case "-H": upper = .singleByte(138)
        case "-L": upper = .singleByte(144)
        case "-M": upper = .singleByte(148)
        case "-T": upper = .singleByte(166)
        case "-b": upper = .singleByte(203)
        default:
            switch String(decoding: bytes.prefix(3), as: UTF8.self) {
            case "$(D": lower = .jisX0212
            case "$)C": upper = .ksX1001
            case "$)A": upper = .gb2312
            default: return nil
            }
            return 3
        }
        return 2
    }
}
