// Values of a data set as text and numbers. Nothing here fails loudly: what is absent or is no such value is nil.

extension DataSet {
    /// The raw value of an element that is plain bytes, as it was stored: numbers in it are in the element's byte
    /// order.
    public func bytes(_ tag: Tag) -> ArraySlice<UInt8>? { self[tag]?.bytes }

    /// The items of a sequence; empty where it is absent.
    ///
    /// One that arrived as unknown bytes, though the standard knows it as a sequence, is read each time (PS3.5 section
    /// 6.2.2).
    public func items(_ tag: Tag) -> [DataSet] {
        guard let element = self[tag] else { return [] }
        if let items = element.items { return items }
        guard element.vr == .UN, element.meaning == .SQ, let bytes = element.bytes else { return [] }
        return (try? DataSetReader.readItems(bytes, of: tag, characterSet: characterSet)) ?? []
    }

    /// The element's text, decoded with this data set's Specific Character Set and without padding; nil where the
    /// element is absent or empty.
    public func string(_ tag: Tag) -> String? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let set = element.meaning.usesSpecificCharacterSet ? characterSet : .defaultRepertoire
        let trimmed = set.decode(bytes, element.meaning).trimmingPadding()
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The element's values, split at backslashes where its representation allows several, each without padding.
    public func strings(_ tag: Tag) -> [String] {
        guard let text = string(tag) else { return [] }
        if self[tag]?.meaning.isSingleText == true { return [text] }
        return text.unicodeScalars.split(separator: "\\", omittingEmptySubsequences: false)
            .map { String($0).trimmingPadding() }
    }

    /// The element's text to show to a person: as ``string(_:)``, without control characters.
    public func displayText(_ tag: Tag) -> String? { string(tag)?.withoutControlCharacters() }

    /// The first person name of the element.
    public func personName(_ tag: Tag) -> PersonName? { strings(tag).first.map(PersonName.init) }

    /// The element as a UID; nil where it is absent or not a valid one.
    public func uid(_ tag: Tag) -> UID? { string(tag).flatMap(UID.init) }

    /// The first value as an integer, from US, SS, UL, SL, UV, SV or IS; nil also where it does not fit.
    public func integer(_ tag: Tag) -> Int? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let order = element.numberOrder
        switch element.meaning {
        case .US: return bytes.integer(UInt16.self, order).map(Int.init)
        case .SS: return bytes.integer(UInt16.self, order).map { Int(Int16(bitPattern: $0)) }
        case .UL: return bytes.integer(UInt32.self, order).map(Int.init)
        case .SL: return bytes.integer(UInt32.self, order).map { Int(Int32(bitPattern: $0)) }
        case .UV: return bytes.integer(UInt64.self, order).flatMap { Int(exactly: $0) }
        case .SV: return bytes.integer(UInt64.self, order).map { Int(Int64(bitPattern: $0)) }
        case .IS: return strings(tag).first.flatMap { Int($0) }
        default: return nil
        }
    }

    /// All values as integers, from US, SS, UL, SL, UV, SV or IS. One that is none, or does not fit, makes the whole
    /// answer nil.
    public func integers(_ tag: Tag) -> [Int]? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let order = element.numberOrder
        let numbers: [Int?]
        switch element.meaning {
        case .US: numbers = bytes.integers(UInt16.self, order).map(Int.init)
        case .SS: numbers = bytes.integers(UInt16.self, order).map { Int(Int16(bitPattern: $0)) }
        case .UL: numbers = bytes.integers(UInt32.self, order).map(Int.init)
        case .SL: numbers = bytes.integers(UInt32.self, order).map { Int(Int32(bitPattern: $0)) }
        case .UV: numbers = bytes.integers(UInt64.self, order).map { Int(exactly: $0) }
        case .SV: numbers = bytes.integers(UInt64.self, order).map { Int(Int64(bitPattern: $0)) }
        case .IS: numbers = strings(tag).map { Int($0) }
        default: return nil
        }
        let whole = numbers.compactMap { $0 }
        return whole.count == numbers.count ? whole : nil
    }

    /// The values as numbers, from DS, IS, FL, OF, FD or OD. A value that is not a finite number makes the whole
    /// answer nil.
    public func decimals(_ tag: Tag) -> [Double]? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let numbers: [Double?]
        switch element.meaning {
        case .FL, .OF:
            guard bytes.count % 4 == 0 else { return nil }
            numbers = bytes.integers(UInt32.self, element.numberOrder).map { Double(Float(bitPattern: $0)) }
        case .FD, .OD:
            guard bytes.count % 8 == 0 else { return nil }
            numbers = bytes.integers(UInt64.self, element.numberOrder).map { Double(bitPattern: $0) }
        case .DS, .IS:
            numbers = strings(tag).map { Double(decimalString: $0) }
        default:
            return nil
        }
        let finite = numbers.compactMap { $0 }.filter(\.isFinite)
        return finite.count == numbers.count ? finite : nil
    }

    /// The values as tags, from AT.
    public func tags(_ tag: Tag) -> [Tag]? {
        guard let element = self[tag], element.meaning == .AT, let bytes = element.bytes else { return nil }
        let words = bytes.integers(UInt16.self, element.numberOrder)
        return stride(from: 0, to: words.count - 1, by: 2).map { Tag(words[$0], words[$0 + 1]) }
    }

    /// The character set that this data set declares or, as an item, inherits (PS3.3 C.12.1.1.2, PS3.5 section 7.5.3).
    public var characterSet: CharacterSet {
        guard let bytes = bytes(.specificCharacterSet) else { return inheritedCharacterSet ?? .defaultRepertoire }
        return CharacterSet(bytes)
    }
}

// MARK: - Private elements

extension DataSet {
    /// Who defines a private element: the value of the private creator that reserved its block (PS3.5 section 7.8.1).
    public func privateCreator(of tag: Tag) -> String? { tag.privateCreator.flatMap(string) }

    /// The element that `creator` defines as `element` (its last two digits) of `group`; nil where the creator has
    /// reserved no block.
    ///
    /// Which block a creator gets differs from one data set to the next, so a private element is never found by its
    /// tag alone.
    public func privateElement(creator: String, group: UInt16, element: UInt8) -> DataElement? {
        let reservation = elements.first {
            $0.tag.group == group && $0.tag.isPrivateCreator && string($0.tag) == creator
        }
        return reservation.flatMap { self[Tag(group, $0.tag.element << 8 | UInt16(element))] }
    }
}

extension CharacterSet {
    /// The set for the value of Specific Character Set.
    init(_ bytes: ArraySlice<UInt8>) {
        self.init(definedTerms: CharacterSet.defaultRepertoire.decode(bytes))
    }
}

extension Double {
    /// A decimal string (PS3.5 section 6.2). Swift would also read `0x1p4`, `nan` and `infinity`.
    fileprivate init?(decimalString text: String) {
        let isPart = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
        }
        guard text.utf8.allSatisfy(isPart) else { return nil }
        self.init(text)
    }
}

extension String {
    /// Without the spaces and NULs that pad a value (PS3.5 section 6.2).
    func trimmingPadding() -> String {
        let isPadding = { (scalar: UnicodeScalar) in scalar == " " || scalar == "\0" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isPadding($0) }),
            let last = scalars.lastIndex(where: { !isPadding($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
