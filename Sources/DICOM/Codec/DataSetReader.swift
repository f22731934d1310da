/// Reads a whole data set from memory. Values are slices of the input and are not copied.
///
/// For data sets that arrive piece by piece and are only looked at in passing there is ``HeaderParser``.
public struct DataSetReader {
    private let limits: DataSetLimits
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var elementCount = 0

    /// The data set in `bytes`, encoded in `syntax`.
    public static func read(
        _ bytes: ArraySlice<UInt8>, _ syntax: TransferSyntax, limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) -> DataSet {
        guard syntax.isReadable else { throw .unsupportedTransferSyntax(syntax) }
        var reader = DataSetReader(limits: limits, bytes: bytes, position: bytes.startIndex)
        return try reader.readElements(until: bytes.endIndex, explicit: syntax.isExplicit, depth: 0, delimited: false)
    }

    private var offset: Int { position - bytes.startIndex }

    private mutating func nextHeader(before end: Int, explicit: Bool) throws(DataSetError) -> ElementHeader {
        guard let header = try ElementHeader.read(bytes[position..<end], explicit: explicit, offset: offset) else {
            throw .truncated(tag: nil, offset: offset)
        }
        elementCount += 1
        guard elementCount <= limits.elements else { throw .tooManyElements(limit: limits.elements, offset: offset) }
        position += header.size
        return header
    }

    /// Elements up to `end`, or up to an Item Delimitation where `delimited`.
    private mutating func readElements(
        until end: Int, explicit: Bool, depth: Int, delimited: Bool
    ) throws(DataSetError) -> DataSet {
        var dataSet = DataSet()
        while position < end {
            let start = offset
            let header = try nextHeader(before: end, explicit: explicit)
            if header.isItemOrDelimiter {
                guard delimited, header.tag == .itemDelimitation else {
                    throw .unexpectedTag(tag: header.tag, offset: start)
                }
                return dataSet
            }
            let value = try readValue(header, before: end, explicit: explicit, depth: depth)
            dataSet[header.tag] = DataElement(header.tag, header.opensSequence ? .SQ : header.vr, value)
        }
        if delimited { throw .truncated(tag: nil, offset: offset) }
        return dataSet
    }

    private mutating func readValue(
        _ header: ElementHeader, before end: Int, explicit: Bool, depth: Int
    ) throws(DataSetError) -> DataElement.Value {
        if header.opensSequence {
            // Content of an undefined-length UN is implicit whatever surrounds it.
            let inner = explicit && header.vr != .UN
            return .sequence(try readItems(header, before: end, explicit: inner, depth: depth + 1))
        }
        if header.hasUndefinedLength {
            guard header.tag == .pixelData else { throw .unexpectedTag(tag: header.tag, offset: offset) }
            return .fragments(try readFragments(before: end))
        }
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
        _ sequence: ElementHeader, before end: Int, explicit: Bool, depth: Int
    ) throws(DataSetError) -> [DataSet] {
        guard depth <= limits.nestingDepth else { throw .nestedTooDeep(limit: limits.nestingDepth, offset: offset) }
        var sequenceEnd = end
        if !sequence.hasUndefinedLength {
            guard Int(sequence.length) <= end - position else {
                throw .lengthBeyondParent(tag: sequence.tag, length: sequence.length, offset: offset)
            }
            sequenceEnd = position + Int(sequence.length)
        }
        var items: [DataSet] = []
        while position < sequenceEnd {
            let start = offset
            let header = try nextHeader(before: sequenceEnd, explicit: explicit)
            if header.tag == .sequenceDelimitation, sequence.hasUndefinedLength { return items }
            guard header.tag == .item else { throw .unexpectedTag(tag: header.tag, offset: start) }
            if header.hasUndefinedLength {
                items.append(try readElements(until: sequenceEnd, explicit: explicit, depth: depth, delimited: true))
            } else {
                guard Int(header.length) <= sequenceEnd - position else {
                    throw .lengthBeyondParent(tag: header.tag, length: header.length, offset: start)
                }
                let itemEnd = position + Int(header.length)
                items.append(try readElements(until: itemEnd, explicit: explicit, depth: depth, delimited: false))
            }
        }
        if sequence.hasUndefinedLength { throw .truncated(tag: sequence.tag, offset: offset) }
        return items
    }

    private mutating func readFragments(before end: Int) throws(DataSetError) -> [ArraySlice<UInt8>] {
        var fragments: [ArraySlice<UInt8>] = []
        while true {
            let start = offset
            let header = try nextHeader(before: end, explicit: true)
            if header.tag == .sequenceDelimitation { return fragments }
            guard header.tag == .item, !header.hasUndefinedLength else {
                throw .unexpectedTag(tag: header.tag, offset: start)
            }
            fragments.append(try take(header, before: end))
        }
    }
}
