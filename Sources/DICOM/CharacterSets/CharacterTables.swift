/// Access to the generated tables of characters. They are static text, so that no file of the system and no start-up
/// time is needed.
enum CharacterTables {
    /// Pairs and ranges of a code with 94 rows of 94 characters begin at 0x21 in both bytes.
    static let cellsPerRow = 94
    /// Trail bytes that GB 18030 has for each lead byte.
    static let trailsPerLead = 190

    /// A set of the upper half of one byte, by its ISO registration number (PS3.3 table C.12-2).
    static func singleByte(registration: Int) -> StaticString? {
        switch registration {
        case 13: registration13
        case 100: registration100
        case 101: registration101
        case 109: registration109
        case 110: registration110
        case 126: registration126
        case 127: registration127
        case 138: registration138
        case 144: registration144
        case 148: registration148
        case 166: registration166
        case 203: registration203
        default: nil
        }
    }

    /// The number in row `index`; 0 where the table has none.
    static func number(_ table: StaticString, _ index: Int) -> UInt32 {
        guard index >= 0, index < table.utf8CodeUnitCount / 3 else { return 0 }
        return (0..<3).reduce(0) { $0 << 6 | digit(table.utf8Start[index * 3 + $1]) }
    }

    /// The character in row `index`; nil where the table has none.
    static func scalar(_ table: StaticString, _ index: Int) -> UnicodeScalar? {
        let number = number(table, index)
        return number == 0 ? nil : UnicodeScalar(number)
    }

    private static func digit(_ character: UInt8) -> UInt32 {
        UInt32(character) - 0x23 - (character > 0x5C ? 1 : 0)
    }
}
