/// The part of ``HeaderParser`` that walks through plain bytes, in pieces of any size.
struct ElementScanner: Sendable {
    private enum Container {
        case sequence(ElementEncoding)
        case item(ElementEncoding)
        /// Counted where they are the pixel data of the outermost level.
        case fragments(areCounted: Bool)
    }

    private enum Step {
        case header
        case value(ElementHeader)
        case skip(UInt64)
        case trailingZeros
    }

    private let wanted: Set<Tag>
    private let limits: DataSetLimits
    private let outermost: ElementEncoding
    private var step = Step.header
    /// What is open with undefined length; content of defined length is skipped and never entered.
    private var open: [Container] = []
    /// The beginning of a header, or of a wanted value, that a piece cut in two.
    private var carry: [UInt8] = []
    private var elementCount = 0
    private var highestTag: Tag?

    /// Bytes taken so far.
    private(set) var offset = 0
    private(set) var header = DataSet()
    private(set) var observations = HeaderParser.Observations()

    init(wanted: Set<Tag>, encoding: ElementEncoding, limits: DataSetLimits) {
        self.wanted = wanted
        self.limits = limits
        outermost = encoding
    }

    var heldBytes: Int {
        header.elements.reduce(carry.count + open.count * 2) { $0 + ($1.bytes?.count ?? 0) }
    }

    mutating func consume(_ bytes: ArraySlice<UInt8>) throws(DataSetError) {
        var input = bytes
        while true {
            switch step {
            case .skip(let count):
                let now = min(count, UInt64(input.count))
                input = input.dropFirst(Int(now))
                offset += Int(now)
                guard now == count else {
                    step = .skip(count - now)
                    return
                }
                step = .header
            case .header:
                guard let element = try nextHeader(&input) else { return }
                try enter(element)
            case .value(let element):
                guard takeValue(of: element, &input) else { return }
                step = .header
            case .trailingZeros:
                guard input.allSatisfy({ $0 == 0 }) else { throw .bytesBehindEnd(offset: offset) }
                offset += input.count
                return
            }
        }
    }

    /// Passes over the next `count` bytes, if they lie within a value that nobody wants.
    mutating func skip(_ count: Int) -> Bool {
        guard case .skip(let left) = step, left > UInt64(count) else { return false }
        step = .skip(left - UInt64(count))
        offset += count
        return true
    }

    mutating func finish() throws(DataSetError) {
        switch step {
        case .header where carry.isEmpty && open.isEmpty, .trailingZeros: return
        case .header where mayEnd && carry.allSatisfy({ $0 == 0 }): observations.hasTrailingBytes = true
        case .value(let element): throw .truncated(tag: element.tag, offset: offset)
        case .header, .skip: throw .truncated(tag: nil, offset: offset)
        }
    }

    /// Whether a data set could end here.
    private var mayEnd: Bool { open.isEmpty && elementCount > 0 }

    private var encoding: ElementEncoding {
        switch open.last {
        case .sequence(let encoding), .item(let encoding): encoding
        case .fragments, nil: outermost
        }
    }

    /// The next header, out of what was carried over and the new input; nil where the input ends before it does, or
    /// where there are only zeros.
    private mutating func nextHeader(_ input: inout ArraySlice<UInt8>) throws(DataSetError) -> ElementHeader? {
        let carried = carry.count
        let next = input.prefix(ElementHeader.longestSize - carried)
        let available = carried == 0 ? next : (carry + next)[...]
        if mayEnd, available.count >= TrailingZeros.length,
            available.prefix(TrailingZeros.length).allSatisfy({ $0 == 0 }) {
            carry = []
            observations.hasTrailingBytes = true
            step = .trailingZeros
            try consume(input)
            return nil
        }
        guard let element = try ElementHeader.read(available, encoding, offset: offset - carried) else {
            carry = Array(available)
            offset += available.count - carried
            input = []
            return nil
        }
        carry = []
        input = input.dropFirst(element.size - carried)
        offset += element.size - carried
        return element
    }

    /// Takes what there is of a wanted value; false where more of it is to come.
    private mutating func takeValue(of element: ElementHeader, _ input: inout ArraySlice<UInt8>) -> Bool {
        let missing = Int(element.length) - carry.count
        let part = input.prefix(missing)
        carry.append(contentsOf: part)
        input = input.dropFirst(part.count)
        offset += part.count
        guard part.count == missing else { return false }
        if header[element.tag] != nil { observations.duplicate = observations.duplicate ?? element.tag }
        header[element.tag] = DataElement(
            element.tag, element.vr, .bytes(carry[...]), byteOrder: outermost.byteOrder)
        carry = []
        return true
    }

    private mutating func enter(_ element: ElementHeader) throws(DataSetError) {
        elementCount += 1
        guard elementCount <= limits.elements else { throw .tooManyElements(limit: limits.elements, offset: offset) }
        step = .header
        if element.length % 2 == 1, !element.hasUndefinedLength, observations.oddLength == nil {
            observations.oddLength = element.tag
        }
        switch open.last {
        case .sequence(let encoding): try enterItem(element, encoding)
        case .fragments(let areCounted): try enterFragment(element, areCounted: areCounted)
        case .item, nil: try enterElement(element)
        }
    }

    private mutating func enterElement(_ element: ElementHeader) throws(DataSetError) {
        if element.isItemOrDelimiter {
            guard element.tag == .itemDelimitation, !open.isEmpty else {
                throw .unexpectedTag(tag: element.tag, offset: offset)
            }
            open.removeLast()
            return
        }
        if open.isEmpty { observeOrder(element.tag) }
        if element.hasUndefinedLength {
            if element.opensSequence {
                try push(.sequence(encoding.inside(element)))
            } else if element.opensFragments {
                let areCounted = open.isEmpty && element.tag == .pixelData
                // The first item is the Basic Offset Table.
                if areCounted { observations.fragmentCount = -1 }
                try push(.fragments(areCounted: areCounted))
            } else {
                throw .undefinedLength(tag: element.tag, offset: offset)
            }
            return
        }
        if open.isEmpty, element.tag == .pixelData { observations.nativePixelDataLength = element.length }
        if open.isEmpty, element.vr != .SQ, wanted.contains(element.tag) {
            guard element.length <= UInt32(HeaderParser.valueLimit) else {
                throw .headerTooLong(limit: HeaderParser.valueLimit)
            }
            carry.reserveCapacity(Int(element.length))
            step = .value(element)
        } else {
            step = .skip(UInt64(element.length))
        }
    }

    private mutating func observeOrder(_ tag: Tag) {
        guard let highest = highestTag else { return highestTag = tag }
        if tag > highest {
            highestTag = tag
        } else if tag == highest {
            observations.duplicate = observations.duplicate ?? tag
        } else {
            observations.outOfOrder = observations.outOfOrder ?? tag
        }
    }

    private mutating func enterItem(_ element: ElementHeader, _ encoding: ElementEncoding) throws(DataSetError) {
        switch element.tag {
        case .sequenceDelimitation: open.removeLast()
        case .item where element.hasUndefinedLength: try push(.item(encoding))
        case .item: step = .skip(UInt64(element.length))
        default: throw .unexpectedTag(tag: element.tag, offset: offset)
        }
    }

    private mutating func enterFragment(_ element: ElementHeader, areCounted: Bool) throws(DataSetError) {
        switch element.tag {
        case .sequenceDelimitation: open.removeLast()
        case .item where !element.hasUndefinedLength:
            if areCounted { observations.fragmentCount = observations.fragmentCount.map { $0 + 1 } }
            step = .skip(UInt64(element.length))
        default: throw .unexpectedTag(tag: element.tag, offset: offset)
        }
    }

    private mutating func push(_ container: Container) throws(DataSetError) {
        let limit = limits.effectiveNestingDepth
        guard open.count < limit * 2 else { throw .nestedTooDeep(limit: limit, offset: offset) }
        open.append(container)
    }
}
