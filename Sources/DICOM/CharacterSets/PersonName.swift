/// A person name (PN): up to three groups of up to five components (PS3.5 section 6.2.1).
public struct PersonName: Sendable, Equatable {
    /// One way to write the name.
    public struct Group: Sendable, Equatable {
        public let familyName: String
        public let givenName: String
        public let middleName: String
        public let prefix: String
        public let suffix: String

        /// From components parted by carets. A component beyond the fifth is dropped.
        init(_ text: Substring) {
            let components = text.split(separator: "^", omittingEmptySubsequences: false)
                .map { String($0).trimmingPadding() }
            let component = { (index: Int) in index < components.count ? components[index] : "" }
            familyName = component(0)
            givenName = component(1)
            middleName = component(2)
            prefix = component(3)
            suffix = component(4)
        }

        /// As people write it: prefix, given, middle and family name, suffix, and no control characters.
        public var displayText: String {
            [prefix, givenName, middleName, familyName, suffix].filter { !$0.isEmpty }.joined(separator: " ")
                .withoutControlCharacters()
        }
    }

    /// In single-byte characters.
    public let alphabetic: Group
    /// In characters of its own script, such as Chinese or Japanese ones.
    public let ideographic: Group
    /// In Hiragana, Hangul and the like.
    public let phonetic: Group

    /// From decoded text. A group beyond the third is dropped.
    public init(_ text: String) {
        let groups = text.split(separator: "=", omittingEmptySubsequences: false)
        let group = { (index: Int) in Group(index < groups.count ? groups[index] : "") }
        alphabetic = group(0)
        ideographic = group(1)
        phonetic = group(2)
    }
}

extension String {
    /// The text as it may be shown: line ends, page ends and tabulators become a space, and what else could steer a
    /// terminal or turn the direction of writing is left out.
    public func withoutControlCharacters() -> String {
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x09...0x0D, 0x85, 0x2028, 0x2029: shown.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: continue
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}
