/// Writes data sets with defined lengths in either little-endian encoding (PS3.5 sections 7.1 and 7.5).
///
/// The same data set always gives the same bytes.
public struct DataSetWriter {
    private var output: [UInt8] = []
    private let explicit: Bool

    /// The encoded bytes. Values are padded to even length; Specific Character Set is the caller's to set.
    public static func write(_ dataSet: DataSet, _ syntax: TransferSyntax) -> [UInt8] {
        precondition(syntax.isLittleEndian, "only little-endian syntaxes are written")
        var writer = DataSetWriter(explicit: syntax.isExplicit)
        for element in dataSet.elements { writer.append(element) }
        return writer.output
    }

    private init(explicit: Bool) { self.explicit = explicit }

    private mutating func append(_ element: DataElement) {
        switch element.value {
        case .bytes(let bytes):
            appendHeader(element, length: UInt32(bytes.count + bytes.count % 2))
            output.append(contentsOf: bytes)
            if bytes.count % 2 == 1 { output.append(element.vr.padding) }
        case .sequence(let items):
            let encoded = items.map { item in
                var inner = DataSetWriter(explicit: explicit)
                for element in item.elements { inner.append(element) }
                return inner.output
            }
            appendHeader(element, length: UInt32(encoded.reduce(0) { $0 + 8 + $1.count }))
            for item in encoded {
                append(tag: .item)
                append(UInt32(item.count))
                output.append(contentsOf: item)
            }
        case .fragments(let fragments):
            appendHeader(element, length: ElementHeader.undefinedLength)
            for fragment in fragments {
                append(tag: .item)
                append(UInt32(fragment.count + fragment.count % 2))
                output.append(contentsOf: fragment)
                if fragment.count % 2 == 1 { output.append(0) }
            }
            append(tag: .sequenceDelimitation)
            append(UInt32(0))
        }
    }

    private mutating func appendHeader(_ element: DataElement, length: UInt32) {
        append(tag: element.tag)
        guard explicit else { return append(length) }
        // A value that came in Implicit VR may be longer than its VR can say: it is written as UN (PS3.5 section
        // 6.2.2).
        let vr = element.vr.hasLongLength || length <= 0xFFFE ? element.vr : .UN
        output.append(UInt8(vr.rawValue >> 8))
        output.append(UInt8(vr.rawValue & 0xFF))
        if vr.hasLongLength {
            append(UInt16(0))
            append(length)
        } else {
            append(UInt16(length))
        }
    }

    private mutating func append(tag: Tag) {
        append(tag.group)
        append(tag.element)
    }

    private mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
