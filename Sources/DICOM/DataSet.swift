/// A data set: elements in ascending order of their tags, each tag once (PS3.5 section 7.1).
public struct DataSet: Sendable {
    public private(set) var elements: [DataElement]

    /// As an item: whether it was, and will be, written with a delimiter at its end instead of its length (PS3.5
    /// section 7.5). It carries no meaning: equality does not look at it.
    public var hasUndefinedLength = false

    /// The character set of the data set around this item, which holds where the item declares none (PS3.5 section
    /// 7.5.3).
    var inheritedCharacterSet: CharacterSet?

    public init() { elements = [] }

    /// A data set of `elements`, in any order. Of two elements with one tag the later one stays.
    public init(_ elements: [DataElement]) {
        guard zip(elements, elements.dropFirst()).contains(where: { $0.tag >= $1.tag }) else {
            self.elements = elements
            return
        }
        // Sorting is stable only by the index. Inserting one by one would take quadratic time for a hostile order.
        let sorted = elements.enumerated().sorted { ($0.element.tag, $0.offset) < ($1.element.tag, $1.offset) }
        self.elements = []
        for (_, element) in sorted {
            if self.elements.last?.tag == element.tag { self.elements.removeLast() }
            self.elements.append(element)
        }
    }

    /// The elements after `transform`, which may leave some out but keeps their tags.
    func compactMap(_ transform: (DataElement) -> DataElement?) -> DataSet {
        var copy = self
        copy.elements = elements.compactMap(transform)
        return copy
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

extension DataSet: Equatable {
    /// Whether both hold equal elements, however they were encoded.
    public static func == (left: DataSet, right: DataSet) -> Bool { left.elements == right.elements }
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
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(number.bitPattern, .littleEndian) }
        set(tag, .FL, bytes: bytes)
    }

    public mutating func set(_ tag: Tag, items: [DataSet]) {
        self[tag] = DataElement(tag, .SQ, .sequence(items))
    }
}
