/// Reads a whole data set from memory. Values are slices of the input and are not copied, but for deflated data sets.
///
/// What real senders do and what harms nobody is taken: odd lengths, elements out of order (they are sorted) or twice
/// (the later one stays), wrong group lengths, zeros behind the end. Nesting, elements and inflation are bounded by
/// ``DataSetLimits``; it recurses no deeper than ``DataSetLimits/deepestNesting``.
///
/// For data sets that arrive piece by piece and are only looked at in passing there is ``HeaderParser``.
public struct DataSetReader {
    private let limits: DataSetLimits
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var elementCount = 0

    /// The data set in `bytes`, encoded in `syntax`.
    ///
    /// - Throws: any ``DataSetError`` of reading.
    public static func read(
        _ bytes: ArraySlice<UInt8>, _ syntax: TransferSyntax, limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) -> DataSet {
        guard syntax.isReadable else { throw .unsupportedTransferSyntax(syntax) }
        let plain = syntax.isDeflated ? try Inflater.inflate(bytes, limits: limits)[...] : bytes
        let encoding = ElementEncoding(syntax)
        var reader = DataSetReader(limits: limits, bytes: plain, position: plain.startIndex)
        let dataSet = try reader.readElements(
            until: plain.endIndex, encoding, depth: 0, delimited: false, characterSet: nil)
        return encoding.isExplicit ? dataSet : AmbiguousRepresentation.resolved(dataSet)
    }

    /// The items in the value of a sequence that was written as unknown (UN) with its length.
    static func readItems(
        _ bytes: ArraySlice<UInt8>, of tag: Tag, characterSet: CharacterSet
    ) throws(DataSetError) -> [DataSet] {
        let header = ElementHeader(tag: tag, vr: .UN, length: UInt32(clamping: bytes.count), size: 0)
        var reader = DataSetReader(limits: DataSetLimits(), bytes: bytes, position: bytes.startIndex)
        return try reader.readItems(
            header, before: bytes.endIndex, .explicitVRLittleEndian, depth: 1, characterSet: characterSet)
    }

    private var offset: Int { position - bytes.startIndex }

    private mutating func nextHeader(
        before end: Int, _ encoding: ElementEncoding
    ) throws(DataSetError) -> ElementHeader {
        guard let header = try ElementHeader.read(bytes[position..<end], encoding, offset: offset) else {
            throw .truncated(tag: nil, offset: offset)
        }
        elementCount += 1
        guard elementCount <= limits.elements else { throw .tooManyElements(limit: limits.elements, offset: offset) }
        position += header.size
        return header
    }

    /// Elements up to `end`, or up to an Item Delimitation where `delimited`.
    private mutating func readElements(
        until end: Int, _ encoding: ElementEncoding, depth: Int, delimited: Bool, characterSet: CharacterSet?
    ) throws(DataSetError) -> DataSet {
        var elements: [DataElement] = []
        var characterSet = characterSet
        var isDelimited = false
        while position < end {
            let start = offset
            if depth == 0, !elements.isEmpty, try skipTrailingZeros(encoding) { break }
            let header = try nextHeader(before: end, encoding)
            if header.isItemOrDelimiter {
                guard delimited, header.tag == .itemDelimitation else {
                    throw .unexpectedTag(tag: header.tag, offset: start)
                }
                isDelimited = true
                break
            }
            let value = try readValue(header, before: end, encoding, depth: depth, characterSet: characterSet)
            if header.tag == .specificCharacterSet, case .bytes(let terms) = value {
                characterSet = CharacterSet(terms)
            }
            elements.append(
                DataElement(
                    header.tag, header.vr, value, byteOrder: encoding.byteOrder,
                    hasUndefinedLength: header.hasUndefinedLength))
        }
        if delimited, !isDelimited { throw .truncated(tag: nil, offset: offset) }
        var dataSet = DataSet(elements)
        dataSet.hasUndefinedLength = delimited
        return dataSet
    }

    /// Whether only zeros are left, which some senders write behind a data set: no element begins with eight of them.
    private mutating func skipTrailingZeros(_ encoding: ElementEncoding) throws(DataSetError) -> Bool {
        guard bytes[position...].prefix(TrailingZeros.length).allSatisfy({ $0 == 0 }) else { return false }
        guard bytes[position...].allSatisfy({ $0 == 0 }) else { throw .bytesBehindEnd(offset: offset) }
        position = bytes.endIndex
        return true
    }

    private mutating func readValue(
        _ header: ElementHeader, before end: Int, _ encoding: ElementEncoding, depth: Int, characterSet: CharacterSet?
    ) throws(DataSetError) -> DataElement.Value {
        if header.opensSequence {
            let items = try readItems(header, before: end, encoding, depth: depth + 1, characterSet: characterSet)
            return .sequence(items)
        }
        if header.opensFragments { return .fragments(try readFragments(before: end, encoding)) }
        if header.hasUndefinedLength { throw .undefinedLength(tag: header.tag, offset: offset) }
        return .bytes(try take(header, before: end))
    }

    private mutating func take(_ header: ElementHeader, before end: Int) throws(DataSetError) -> ArraySlice<UInt8> {
        guard Int(header.length) <= end - position else {
            throw end == bytes.endIndex
                ? .truncated(tag: header.tag, offset: offset)
                : .lengthBeyondParent(tag: header.tag, length: header.length, offset: offset)
        }
        defer { position += Int(header.length) }
        return bytes[position..<position + Int(header.length)]
    }

    private mutating func readItems(
        _ sequence: ElementHeader, before end: Int, _ outer: ElementEncoding, depth: Int, characterSet: CharacterSet?
    ) throws(DataSetError) -> [DataSet] {
        let limit = limits.effectiveNestingDepth
        guard depth <= limit else { throw .nestedTooDeep(limit: limit, offset: offset) }
        var sequenceEnd = end
        if !sequence.hasUndefinedLength {
            guard Int(sequence.length) <= end - position else {
                throw .lengthBeyondParent(tag: sequence.tag, length: sequence.length, offset: offset)
            }
            sequenceEnd = position + Int(sequence.length)
        }
        let encoding = outer.inside(sequence)
        var items: [DataSet] = []
        while position < sequenceEnd {
            let start = offset
            let header = try nextHeader(before: sequenceEnd, encoding)
            if header.tag == .sequenceDelimitation, sequence.hasUndefinedLength { return items }
            guard header.tag == .item else { throw .unexpectedTag(tag: header.tag, offset: start) }
            var itemEnd = sequenceEnd
            if !header.hasUndefinedLength {
                guard Int(header.length) <= sequenceEnd - position else {
                    throw .lengthBeyondParent(tag: header.tag, length: header.length, offset: start)
                }
                itemEnd = position + Int(header.length)
            }
            var item = try readElements(
                until: itemEnd, encoding, depth: depth, delimited: header.hasUndefinedLength,
                characterSet: characterSet)
            item.inheritedCharacterSet = characterSet
            // What stands without VRs inside explicit encodings is decided here, with what it says itself.
            items.append(encoding == outer ? item : AmbiguousRepresentation.resolved(item))
        }
        if sequence.hasUndefinedLength { throw .truncated(tag: sequence.tag, offset: offset) }
        return items
    }

    private mutating func readFragments(
        before end: Int, _ encoding: ElementEncoding
    ) throws(DataSetError) -> [ArraySlice<UInt8>] {
        var fragments: [ArraySlice<UInt8>] = []
        while true {
            let start = offset
            let header = try nextHeader(before: end, encoding)
            if header.tag == .sequenceDelimitation { return fragments }
            guard header.tag == .item, !header.hasUndefinedLength else {
                throw .unexpectedTag(tag: header.tag, offset: start)
            }
            fragments.append(try take(header, before: end))
        }
    }
}

/// Zeros that some senders write behind a data set, where PS3.5 section 7.2 would have Data Set Trailing Padding.
enum TrailingZeros {
    /// As many as the shortest header: no element of a data set has the tag (0000,0000), no VR and no length.
    static let length = 8
}
