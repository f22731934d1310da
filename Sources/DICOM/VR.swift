/// A value representation (PS3.5 section 6.2): all 34 of the standard. The raw value is its two ASCII characters, the
/// first one in the high byte.
public enum VR: UInt16, Sendable, CaseIterable, CustomStringConvertible {
    case AE = 0x4145, AS = 0x4153, AT = 0x4154, CS = 0x4353, DA = 0x4441, DS = 0x4453
    case DT = 0x4454, FD = 0x4644, FL = 0x464C, IS = 0x4953, LO = 0x4C4F, LT = 0x4C54
    case OB = 0x4F42, OD = 0x4F44, OF = 0x4F46, OL = 0x4F4C, OV = 0x4F56, OW = 0x4F57
    case PN = 0x504E, SH = 0x5348, SL = 0x534C, SQ = 0x5351, SS = 0x5353, ST = 0x5354
    case SV = 0x5356, TM = 0x544D, UC = 0x5543, UI = 0x5549, UL = 0x554C, UN = 0x554E
    case UR = 0x5552, US = 0x5553, UT = 0x5554, UV = 0x5556

    /// The representation that two characters name; nil where the standard defines none.
    init?(_ first: UInt8, _ second: UInt8) { self.init(rawValue: UInt16(first) << 8 | UInt16(second)) }

    public var description: String {
        String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)], as: UTF8.self)
    }

    /// Whether explicit encodings use two reserved bytes and a 32-bit length (PS3.5 table 7.1-1).
    public var hasLongLength: Bool {
        switch self {
        case .OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV: true
        default: false
        }
    }

    /// Bytes that change their order with the byte order of the data set (PS3.5 section 7.3); 1 where none do.
    ///
    /// A tag (AT) is two numbers of 16 bits. What is unknown (UN) is never swapped.
    public var wordSize: Int {
        switch self {
        case .AT, .OW, .SS, .US: 2
        case .FL, .OF, .OL, .SL, .UL: 4
        case .FD, .OD, .OV, .SV, .UV: 8
        default: 1
        }
    }

    /// Text whose characters depend on Specific Character Set (PS3.5 section 6.1.2.3).
    public var usesSpecificCharacterSet: Bool {
        switch self {
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT: true
        default: false
        }
    }

    /// Text in which a backslash is a character like any other: one value only (PS3.5 section 6.2).
    public var isSingleText: Bool { self == .LT || self == .ST || self == .UT || self == .UR }

    /// Whether a value may be a run of fragments of undefined length (PS3.5 section 7.1.2).
    var mayBeFragments: Bool {
        switch self {
        case .OB, .OD, .OF, .OL, .OV, .OW: true
        default: false
        }
    }

    /// What fills a value up to even length (PS3.5 section 6.2): NUL for UIDs and binary, space for text.
    var padding: UInt8 {
        switch self {
        case .AE, .AS, .CS, .DA, .DS, .DT, .IS, .LO, .LT, .PN, .SH, .ST, .TM, .UC, .UR, .UT: 0x20
        default: 0
        }
    }
}
