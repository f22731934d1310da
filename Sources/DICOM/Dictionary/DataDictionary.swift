/// The value representations of the standard's elements (PS3.6 chapter 6), needed to read Implicit VR.
public enum DataDictionary {
    /// The VR of `tag`; UN for private and unknown elements, as PS3.5 section 6.2.2 has it.
    public static func vr(of tag: Tag) -> VR {
        if tag.element == 0 { return .UL }  // group length, in every group (PS3.5 section 7.2)
        if tag.isPrivate {
            // Private creators are LO (PS3.5 section 7.8.1).
            return (0x10...0xFF).contains(tag.element) ? .LO : .UN
        }
        return lookUp(tag) ?? repeating(tag) ?? .UN
    }

    private static let rowLength = 10

    private static func lookUp(_ tag: Tag) -> VR? {
        let text = rows.utf8Start
        var low = 0
        var high = rows.utf8CodeUnitCount / rowLength
        while low < high {
            let middle = (low + high) / 2
            let row = text + middle * rowLength
            let number = (0..<8).reduce(UInt32(0)) { $0 << 4 | hexadecimalDigit(row[$1]) }
            if number == tag.number { return VR(row[8], row[9]) }
            if number < tag.number { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private static func hexadecimalDigit(_ character: UInt8) -> UInt32 {
        UInt32(character < 0x41 ? character - 0x30 : character - 0x41 + 10)
    }

    /// Overlays and curves repeat over groups 60xx and 50xx (PS3.5 section 7.6); their first group stands for all.
    private static func repeating(_ tag: Tag) -> VR? {
        switch tag.group & 0xFF00 {
        case 0x6000 where tag.element == 0x3000: .OW
        case 0x6000 where tag.element == 0x0010 || tag.element == 0x0011: .US
        default: nil
        }
    }
}
