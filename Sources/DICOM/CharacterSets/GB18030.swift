/// GB 18030, with one, two or four bytes to a character (PS3.5 annex J), and its parts GBK and GB 2312.
enum GB18030 {
    static func decode(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var index = 0
        while index < bytes.count {
            let (scalar, length) = character(bytes[index...])
            text.append(scalar ?? "\u{FFFD}")
            index += length
        }
        return String(text)
    }

    /// A pair of GB 2312 (annex K), which gives two of its signs other characters than its successors do.
    static func gb2312(_ lead: UInt8, _ trail: UInt8) -> UnicodeScalar? {
        switch (lead, trail) {
        case (0xA1, 0xA4): "\u{30FB}"
        case (0xA1, 0xAA): "\u{2015}"
        default: pair(lead, trail)
        }
    }

    /// The first character and its length. A wrong byte is dropped alone, so that the next one can begin a character.
    private static func character(_ bytes: ArraySlice<UInt8>) -> (scalar: UnicodeScalar?, length: Int) {
        let start = bytes.startIndex
        let lead = bytes[start]
        if lead < 0x80 { return (UnicodeScalar(lead), 1) }
        guard (0x81...0xFE).contains(lead), bytes.count >= 2 else { return (nil, 1) }
        if let scalar = pair(lead, bytes[start + 1]) { return (scalar, 2) }
        guard bytes.count >= 4, let scalar = quadruple(bytes.prefix(4)) else { return (nil, 1) }
        return (scalar, 4)
    }

    private static func pair(_ lead: UInt8, _ trail: UInt8) -> UnicodeScalar? {
        let offset: Int
        switch trail {
        case 0x40...0x7E: offset = Int(trail) - 0x40
        case 0x80...0xFE: offset = Int(trail) - 0x41
        default: return nil
        }
        return CharacterTables.scalar(
            CharacterTables.gb18030Pairs, (Int(lead) - 0x81) * CharacterTables.trailsPerLead + offset)
    }

    private static func quadruple(_ bytes: ArraySlice<UInt8>) -> UnicodeScalar? {
        let start = bytes.startIndex
        let isTrail = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard isTrail(bytes[start + 1]), (0x81...0xFE).contains(bytes[start + 2]), isTrail(bytes[start + 3]) else {
            return nil
        }
        var linear = UInt32(bytes[start]) - 0x81
        linear = linear * 10 + UInt32(bytes[start + 1]) - 0x30
        linear = linear * 126 + UInt32(bytes[start + 2]) - 0x81
        linear = linear * 10 + UInt32(bytes[start + 3]) - 0x30
        // The planes above the first follow each other from 0x90308130 on.
        let upperPlanes: UInt32 = 189_000
        if linear >= upperPlanes { return UnicodeScalar(0x10000 + linear - upperPlanes) }
        return basicPlane(linear)
    }

    /// The character of a linear code, from the last range that begins at or before it.
    private static func basicPlane(_ linear: UInt32) -> UnicodeScalar? {
        let table = CharacterTables.gb18030Ranges
        // Codes of the first plane end here.
        guard linear < 39_420 else { return nil }
        var low = 0
        var high = table.utf8CodeUnitCount / 6
        while high - low > 1 {
            let middle = (low + high) / 2
            if CharacterTables.number(table, middle * 2) <= linear { low = middle } else { high = middle }
        }
        let first = CharacterTables.number(table, low * 2 + 1)
        return first == 0 ? nil : UnicodeScalar(first + linear - CharacterTables.number(table, low * 2))
    }
}
