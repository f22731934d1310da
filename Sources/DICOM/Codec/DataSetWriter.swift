/// Writes data sets in any readable syntax (PS3.5 sections 7.1 and 7.5, annex A).
///
/// What was read from well-formed bytes is written back in its own syntax byte for byte: sequences keep their kind of
/// length. The same data set always gives the same bytes, deflated ones as far as zlib does.
public struct DataSetWriter {
    private var output: [UInt8] = []

    /// The encoded bytes. Values are padded to even length and turned to the syntax's byte order; Specific Character
    /// Set and group lengths are the caller's to set.
    public static func write(_ dataSet: DataSet, _ syntax: TransferSyntax) -> [UInt8] {
        var writer = DataSetWriter()
        writer.append(dataSet, ElementEncoding(syntax))
        return syntax.isDeflated ? Deflater.deflate(writer.output) : writer.output
    }

    private init() {}

    private mutating func append(_ dataSet: DataSet, _ encoding: ElementEncoding) {
        for element in dataSet.elements { append(element, encoding) }
    }

    private mutating func append(_ element: DataElement, _ encoding: ElementEncoding) {
        switch element.value {
        case .bytes(let bytes):
            let padding = bytes.count % 2
            precondition(bytes.count + padding < ElementHeader.undefinedLength, "a value has less than 4 GiB")
            appendHeader(element, length: UInt32(bytes.count + padding), encoding)
            if element.byteOrder == encoding.byteOrder || element.vr.wordSize == 1 {
                output.append(contentsOf: bytes)
            } else {
                output.append(swapping: bytes, wordSize: element.vr.wordSize)
            }
            if padding == 1 { output.append(element.vr.padding) }
        case .sequence(let items):
            append(items, of: element, encoding)
        case .fragments(let fragments):
            appendHeader(element, length: ElementHeader.undefinedLength, encoding)
            for fragment in fragments {
                append(.item, length: UInt32(fragment.count + fragment.count % 2), encoding)
                output.append(contentsOf: fragment)
                if fragment.count % 2 == 1 { output.append(0) }
            }
            append(.sequenceDelimitation, length: 0, encoding)
        }
    }

    private mutating func append(_ items: [DataSet], of sequence: DataElement, _ outer: ElementEncoding) {
        // A sequence in an element of unknown representation is only recognized by its undefined length.
        let isUndefined = sequence.hasUndefinedLength || sequence.vr == .UN
        let inner = sequence.vr == .UN ? .implicitVRLittleEndian : outer
        let header = sequence.vr == .UN ? sequence : sequence.with(.SQ)
        appendHeader(header, length: isUndefined ? ElementHeader.undefinedLength : 0, outer)
        let start = output.count
        for item in items {
            append(.item, length: item.hasUndefinedLength ? ElementHeader.undefinedLength : 0, inner)
            let itemStart = output.count
            append(item, inner)
            if item.hasUndefinedLength {
                append(.itemDelimitation, length: 0, inner)
            } else {
                setLength(of: itemStart, inner)
            }
        }
        if isUndefined {
            append(.sequenceDelimitation, length: 0, inner)
        } else {
            setLength(of: start, outer)
        }
    }

    private mutating func appendHeader(_ element: DataElement, length: UInt32, _ encoding: ElementEncoding) {
        append(element.tag, encoding)
        guard encoding.isExplicit else { return output.append(length, encoding.byteOrder) }
        // A value that came in Implicit VR may be longer than its VR can say: it is written as UN (PS3.5 section
        // 6.2.2).
        let vr = element.vr.hasLongLength || length <= 0xFFFE ? element.vr : .UN
        output.append(vr.rawValue, .bigEndian)
        if vr.hasLongLength {
            output.append(UInt16(0), encoding.byteOrder)
            output.append(length, encoding.byteOrder)
        } else {
            output.append(UInt16(length), encoding.byteOrder)
        }
    }

    /// An item or a delimiter, which have no VR in any encoding (PS3.5 section 7.5).
    private mutating func append(_ tag: Tag, length: UInt32, _ encoding: ElementEncoding) {
        append(tag, encoding)
        output.append(length, encoding.byteOrder)
    }

    private mutating func append(_ tag: Tag, _ encoding: ElementEncoding) {
        output.append(tag.group, encoding.byteOrder)
        output.append(tag.element, encoding.byteOrder)
    }

    /// Writes the length of what begins at `start` and ends here into the four bytes before it.
    private mutating func setLength(of start: Int, _ encoding: ElementEncoding) {
        precondition(output.count - start < ElementHeader.undefinedLength, "a sequence has less than 4 GiB")
        var bytes: [UInt8] = []
        bytes.append(UInt32(output.count - start), encoding.byteOrder)
        output.replaceSubrange(start - 4..<start, with: bytes)
    }
}
