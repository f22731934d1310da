/// A value representation (PS3.5 section 6.2), held as its two characters.
public struct VR: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The two ASCII characters, first one in the high byte.
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ first: UInt8, _ second: UInt8) { rawValue = UInt16(first) << 8 | UInt16(second) }

    private init(_ name: StaticString) {
        precondition(name.utf8CodeUnitCount == 2)
        self.init(name.utf8Start[0], name.utf8Start[1])
    }

    public var description: String {
        String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)], as: UTF8.self)
    }

    public static let AE = VR("AE"), AS = VR("AS"), AT = VR("AT"), CS = VR("CS"), DA = VR("DA"), DS = VR("DS")
    public static let DT = VR("DT"), FD = VR("FD"), FL = VR("FL"), IS = VR("IS"), LO = VR("LO"), LT = VR("LT")
    public static let OB = VR("OB"), OD = VR("OD"), OF = VR("OF"), OL = VR("OL"), OV = VR("OV"), OW = VR("OW")
    public static let PN = VR("PN"), SH = VR("SH"), SL = VR("SL"), SQ = VR("SQ"), SS = VR("SS"), ST = VR("ST")
    public static let SV = VR("SV"), TM = VR("TM"), UC = VR("UC"), UI = VR("UI"), UL = VR("UL"), UN = VR("UN")
    public static let UR = VR("UR"), US = VR("US"), UT = VR("UT"), UV = VR("UV")

    /// Whether explicit encodings use two reserved bytes and a 32-bit length (PS3.5 table 7.1-1).
    public var hasLongLength: Bool {
        switch self {
        case .OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV: true
        default: false
        }
    }

    /// Whether the standard defines this value representation.
    public var isDefined: Bool { hasLongLength || Self.shortLength.contains(self) }

    /// Text whose characters depend on Specific Character Set (PS3.5 section 6.1.2.3).
    public var usesSpecificCharacterSet: Bool {
        switch self {
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT: true
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

    private static let shortLength: Set<VR> = [
        .AE, .AS, .AT, .CS, .DA, .DS, .DT, .FD, .FL, .IS, .LO, .LT, .PN, .SH, .SL, .SS, .ST, .TM, .UI, .UL, .US,
    ]
}
