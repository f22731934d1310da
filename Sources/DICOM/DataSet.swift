/// A data set: elements in ascending order of their tags, each tag once (PS3.5 section 7.1).
public struct DataSet: Sendable, Equatable {
    public private(set) var elements: [DataElement]

    public init() { elements = [] }

    /// A data set of `elements`, in any order. Of two elements with one tag the later one stays.
    public init(_ elements: [DataElement]) {
        self.init()
        for element in elements { self[element.tag] = element }
    }

    public subscript(tag: Tag) -> DataElement? {
        get {
            let index = position(of: tag)
            return index < elements.count && elements[index].tag == tag ? elements[index] : nil
        }
        set {
            let index = position(of: tag)
            let exists = index < elements.count && elements[index].tag == tag
            switch (newValue, exists) {
            case (let element?, true): elements[index] = element
            case (let element?, false): elements.insert(element, at: index)
            case (nil, true): elements.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The first index whose tag is not below `tag`.
    private func position(of tag: Tag) -> Int {
        // Readers add in ascending order: the end is the usual answer.
        guard let last = elements.last, last.tag >= tag else { return elements.count }
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].tag < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: - Reading values

extension DataSet {
    /// The raw value of an element that is plain bytes.
    public func bytes(_ tag: Tag) -> ArraySlice<UInt8>? { self[tag]?.bytes }

    /// The items of a sequence; empty where it is absent.
    public func items(_ tag: Tag) -> [DataSet] { self[tag]?.items ?? [] }

    /// The element's text, decoded with this data set's Specific Character Set and without padding; nil where the
    /// element is absent or empty.
    public func string(_ tag: Tag) -> String? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let text = element.vr.usesSpecificCharacterSet
            ? characterSet.decode(bytes) : CharacterSet.defaultRepertoire.decode(bytes)
        let trimmed = text.trimmingPadding()
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The element's values, split at backslashes, each without padding.
    public func strings(_ tag: Tag) -> [String] {
        guard let text = string(tag) else { return [] }
        return text.split(separator: "\\", omittingEmptySubsequences: false).map { String($0).trimmingPadding() }
    }

    /// The element as a UID; nil where it is absent or not a valid one.
    public func uid(_ tag: Tag) -> UID? { string(tag).flatMap(UID.init) }

    /// The first value as an integer, from US, SS, UL, SL or IS.
    public func integer(_ tag: Tag) -> Int? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        switch element.vr {
        case .US: return bytes.littleEndianInteger(UInt16.self).map(Int.init)
        case .SS: return bytes.littleEndianInteger(UInt16.self).map { Int(Int16(bitPattern: $0)) }
        case .UL: return bytes.littleEndianInteger(UInt32.self).map(Int.init)
        case .SL: return bytes.littleEndianInteger(UInt32.self).map { Int(Int32(bitPattern: $0)) }
        case .IS: return strings(tag).first.flatMap { Int($0) }
        default: return nil
        }
    }

    /// The values as numbers, from DS, IS, FL or FD. A value that is not a finite number makes the whole answer nil.
    public func decimals(_ tag: Tag) -> [Double]? {
        guard let element = self[tag], let bytes = element.bytes else { return nil }
        let numbers: [Double?]
        switch element.vr {
        case .FL:
            numbers = stride(from: 0, to: bytes.count, by: 4).map { offset in
                bytes.dropFirst(offset).littleEndianInteger(UInt32.self).map { Double(Float(bitPattern: $0)) }
            }
        case .FD:
            numbers = stride(from: 0, to: bytes.count, by: 8).map { offset in
                bytes.dropFirst(offset).littleEndianInteger(UInt64.self).map { Double(bitPattern: $0) }
            }
        case .DS, .IS:
            numbers = strings(tag).map { Double($0) }
        default:
            return nil
        }
        let finite = numbers.compactMap { $0 }.filter(\.isFinite)
        return finite.count == numbers.count ? finite : nil
    }

    /// The character set that this data set declares (PS3.3 C.12.1.1.2).
    public var characterSet: CharacterSet {
        guard let bytes = bytes(.specificCharacterSet) else { return .defaultRepertoire }
        return CharacterSet(definedTerms: CharacterSet.defaultRepertoire.decode(bytes))
    }
}

// MARK: - Writing values

extension DataSet {
    /// Sets text. Text that depends on the character set is written as UTF-8: a data set that Outpost builds declares
    /// ISO_IR 192.
    public mutating func set(_ tag: Tag, _ vr: VR, _ text: String) {
        self[tag] = DataElement(tag, vr, .bytes(ArraySlice(text.utf8)))
    }

    public mutating func set(_ tag: Tag, _ vr: VR, bytes: [UInt8]) {
        self[tag] = DataElement(tag, vr, .bytes(bytes[...]))
    }

    public mutating func set(_ tag: Tag, _ uid: UID) { set(tag, .UI, uid.value) }

    /// Sets an unsigned short (US).
    public mutating func set(_ tag: Tag, _ number: UInt16) {
        set(tag, .US, bytes: [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)])
    }

    /// Sets single-precision numbers (FL).
    public mutating func set(_ tag: Tag, _ numbers: [Float]) {
        set(tag, .FL, bytes: numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) }
        })
    }

    public mutating func set(_ tag: Tag, items: [DataSet]) {
        self[tag] = DataElement(tag, .SQ, .sequence(items))
    }
}

extension ArraySlice<UInt8> {
    /// The first bytes as one little-endian integer; nil where there are too few.
    func littleEndianInteger<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = Number.bitWidth / 8
        guard count >= size else { return nil }
        var number: Number = 0
        for offset in (0..<size).reversed() { number = number << 8 | Number(self[startIndex + offset]) }
        return number
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
