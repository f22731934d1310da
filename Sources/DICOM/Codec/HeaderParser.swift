/// Looks at a data set in passing while its bytes stream to disk, and keeps only the elements it was asked for.
///
/// Memory is bounded by the wanted values (each at most ``valueLimit``) and a few bytes of a header that a piece cut
/// in two; everything else is skipped by counting. At the end it knows whether the data set was whole: every length
/// was honoured, every undefined length had its delimiter.
public struct HeaderParser: Sendable {
    /// Identifying attributes are short; the longest, a study description, has 64 characters.
    public static let valueLimit = 4096

    private enum Container {
        case sequence(explicit: Bool)
        case item(explicit: Bool)
        case fragments
    }

    private enum Step {
        case header
        case value(ElementHeader)
        case skip(UInt64)
    }

    private let wanted: Set<Tag>
    private let limits: DataSetLimits
    private let explicit: Bool
    private var step = Step.header
    /// What is open with undefined length; content of defined length is skipped and never entered.
    private var open: [Container] = []
    private var carry: [UInt8] = []
    private var offset = 0
    private var elementCount = 0

    /// The wanted elements seen so far.
    public private(set) var header = DataSet()
    /// The length of native pixel data as its element states it; nil while unseen or encapsulated.
    public private(set) var nativePixelDataLength: UInt32?

    public init(
        wanted: Set<Tag>, syntax: TransferSyntax, limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) {
        guard syntax.isReadable else { throw .unsupportedTransferSyntax(syntax) }
        self.wanted = wanted
        self.limits = limits
        explicit = syntax.isExplicit
    }

    /// Takes the next bytes of the data set, in pieces of any size.
    public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(DataSetError) {
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
                let length = Int(element.length)
                let missing = length - carry.count
                carry.append(contentsOf: input.prefix(missing))
                let taken = min(missing, input.count)
                input = input.dropFirst(taken)
                offset += taken
                guard taken == missing else { return }
                header[element.tag] = DataElement(element.tag, element.vr, .bytes(carry[...]))
                carry = []
                step = .header
            }
        }
    }

    /// Takes the next bytes where they lie: within a long value, which is most of an image, nothing is copied.
    public mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(DataSetError) {
        guard case .skip(let count) = step, count > UInt64(bytes.count) else { return try consume(Array(bytes)[...]) }
        step = .skip(count - UInt64(bytes.count))
        offset += bytes.count
    }

    /// Says that no bytes follow.
    public func finish() throws(DataSetError) {
        if case .header = step, carry.isEmpty, open.isEmpty { return }
        if case .value(let element) = step { throw .truncated(tag: element.tag, offset: offset) }
        throw .truncated(tag: nil, offset: offset)
    }

    private var currentIsExplicit: Bool {
        switch open.last {
        case .sequence(let explicit), .item(let explicit): explicit
        case .fragments, nil: explicit
        }
    }

    /// The next header, out of what was carried over and the new input; nil where the input ends before it does.
    private mutating func nextHeader(_ input: inout ArraySlice<UInt8>) throws(DataSetError) -> ElementHeader? {
        let longestHeader = 12
        let carried = carry.count
        let next = input.prefix(longestHeader - carried)
        let available = carried == 0 ? next : (carry + next)[...]
        let start = offset - carried
        guard let element = try ElementHeader.read(available, explicit: currentIsExplicit, offset: start) else {
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

    private mutating func enter(_ element: ElementHeader) throws(DataSetError) {
        elementCount += 1
        guard elementCount <= limits.elements else { throw .tooManyElements(limit: limits.elements, offset: offset) }
        step = .header
        switch open.last {
        case .sequence(let explicit): try enterItem(element, explicit: explicit)
        case .fragments: try enterFragment(element)
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
        if element.hasUndefinedLength {
            if element.opensSequence {
                try push(.sequence(explicit: currentIsExplicit && element.vr != .UN))
            } else if element.tag == .pixelData {
                try push(.fragments)
            } else {
                throw .unexpectedTag(tag: element.tag, offset: offset)
            }
            return
        }
        if open.isEmpty, element.tag == .pixelData { nativePixelDataLength = element.length }
        if open.isEmpty, wanted.contains(element.tag) {
            guard element.length <= UInt32(Self.valueLimit) else { throw .headerTooLong(limit: Self.valueLimit) }
            step = .value(element)
        } else {
            step = .skip(UInt64(element.length))
        }
    }

    private mutating func enterItem(_ element: ElementHeader, explicit: Bool) throws(DataSetError) {
        switch element.tag {
        case .sequenceDelimitation: open.removeLast()
        case .item where element.hasUndefinedLength: try push(.item(explicit: explicit))
        case .item: step = .skip(UInt64(element.length))
        default: throw .unexpectedTag(tag: element.tag, offset: offset)
        }
    }

    private mutating func enterFragment(_ element: ElementHeader) throws(DataSetError) {
        switch element.tag {
        case .sequenceDelimitation: open.removeLast()
        case .item where !element.hasUndefinedLength: step = .skip(UInt64(element.length))
        default: throw .unexpectedTag(tag: element.tag, offset: offset)
        }
    }

    private mutating func push(_ container: Container) throws(DataSetError) {
        guard open.count < limits.nestingDepth * 2 else {
            throw .nestedTooDeep(limit: limits.nestingDepth, offset: offset)
        }
        open.append(container)
    }
}
