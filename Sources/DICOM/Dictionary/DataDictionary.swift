/// The value representations of the standard's elements (PS3.6 chapters 6 to 9), needed to read Implicit VR.
public enum DataDictionary {
    /// Why an element has no fixed representation, and what decides (PS3.6 chapter 6, PS3.5 annex A).
    enum Choice: UInt16 {
        /// `bw`: OB or OW, by the encoding and the bits allocated.
        case byteOrWord = 0x6277
        /// `us`: US or SS, by Pixel Representation.
        case unsignedOrSigned = 0x7573
        /// `lw`: US or OW, by the number of entries of a lookup table.
        case lookupTable = 0x6C77

        /// What an element is taken for until its surroundings decide.
        var preliminary: VR { self == .unsignedOrSigned ? .US : .OW }
    }

    /// The VR of `tag`; UN for private and unknown elements, as PS3.5 section 6.2.2 has it.
    ///
    /// Where the standard leaves a choice it is OW rather than OB or US, and US rather than SS;
    /// ``AmbiguousRepresentation`` decides in a data set.
    public static func vr(of tag: Tag) -> VR {
        if tag.element == 0 { return .UL }  // group length, in every group (PS3.5 section 7.2)
        if tag.isPrivate {
            // Private creators are LO (PS3.5 section 7.8.1).
            return tag.isPrivateCreator ? .LO : .UN
        }
        guard let code = code(of: tag) else { return .UN }
        return VR(rawValue: code) ?? Choice(rawValue: code)?.preliminary ?? .UN
    }

    /// What decides about the VR of `tag`; nil where it is fixed.
    static func choice(for tag: Tag) -> Choice? { code(of: tag).flatMap(Choice.init) }

    private static func code(of tag: Tag) -> UInt16? {
        let table = table
        var low = 0
        var high = table.numbers.count
        while low < high {
            let middle = (low + high) / 2
            if table.numbers[middle] < tag.number { low = middle + 1 } else { high = middle }
        }
        if low < table.numbers.count, table.numbers[low] == tag.number { return table.codes[low] }
        return repeating.first { tag.number & $0.mask == $0.number }?.code
    }

    private static let rowLength = 10

    /// Tags and codes, read once from the generated rows: searching those would parse each number many times.
    private static let table: (numbers: [UInt32], codes: [UInt16]) = {
        let parsed = parse(rows)
        return (parsed.map(\.number), parsed.map(\.code))
    }()

    private static let repeating = parse(repeatingRows)

    private static func parse(_ rows: StaticString) -> [(number: UInt32, mask: UInt32, code: UInt16)] {
        let text = UnsafeBufferPointer(start: rows.utf8Start, count: rows.utf8CodeUnitCount)
        return stride(from: 0, to: text.count, by: rowLength).map { start in
            var number: UInt32 = 0
            var mask: UInt32 = 0
            for character in text[start..<start + 8] {
                let isDigit = character != UInt8(ascii: "x")
                number = number << 4 | (isDigit ? hexadecimalDigit(character) : 0)
                mask = mask << 4 | (isDigit ? 0xF : 0)
            }
            return (number, mask, UInt16(text[start + 8]) << 8 | UInt16(text[start + 9]))
        }
    }

    private static func hexadecimalDigit(_ character: UInt8) -> UInt32 {
        UInt32(character < 0x41 ? character - 0x30 : character - 0x41 + 10)
    }
}
