/// How elements are written: with their VR or without, and in which byte order (PS3.5 section 7.1, annex A).
struct ElementEncoding: Equatable {
    var isExplicit: Bool
    var byteOrder: ByteOrder

    /// Also what a sequence of unknown representation (UN) holds, whatever is around it (PS3.5 section 6.2.2).
    static let implicitVRLittleEndian = ElementEncoding(isExplicit: false, byteOrder: .littleEndian)
    static let explicitVRLittleEndian = ElementEncoding(isExplicit: true, byteOrder: .littleEndian)

    init(isExplicit: Bool, byteOrder: ByteOrder) {
        self.isExplicit = isExplicit
        self.byteOrder = byteOrder
    }

    init(_ syntax: TransferSyntax) {
        self.init(isExplicit: syntax.isExplicit, byteOrder: syntax.byteOrder)
    }

    /// The encoding of the items of a sequence that begins with `header`.
    func inside(_ header: ElementHeader) -> ElementEncoding { header.vr == .UN ? .implicitVRLittleEndian : self }
}

/// Tag, VR and length, as they stand before each value (PS3.5 sections 7.1.2 and 7.1.3).
struct ElementHeader {
    static let undefinedLength: UInt32 = 0xFFFF_FFFF
    /// With VR and a length of 32 bits.
    static let longestSize = 12

    let tag: Tag
    let vr: VR
    let length: UInt32
    /// Bytes that the header itself takes: 8 or 12.
    let size: Int

    var hasUndefinedLength: Bool { length == Self.undefinedLength }

    /// A sequence, or unknown content of undefined length, which is a sequence in Implicit VR (PS3.5 section 6.2.2
    /// note).
    var opensSequence: Bool { vr == .SQ || (vr == .UN && hasUndefinedLength) }

    /// Whether the value is a run of fragments. Beside pixel data, private elements hold some (PS3.5 section 7.1.2).
    var opensFragments: Bool { hasUndefinedLength && (tag == .pixelData || vr.mayBeFragments) }

    /// Items and delimiters have no VR in any syntax (PS3.5 section 7.5).
    var isItemOrDelimiter: Bool { tag.group == 0xFFFE }

    /// The header at the start of `bytes`; nil where more bytes are needed.
    static func read(
        _ bytes: ArraySlice<UInt8>, _ encoding: ElementEncoding, offset: Int
    ) throws(DataSetError) -> ElementHeader? {
        let order = encoding.byteOrder
        guard let group = bytes.integer(UInt16.self, order), let number = bytes.integer(UInt16.self, order, at: 2),
            let longLength = bytes.integer(UInt32.self, order, at: 4)
        else { return nil }
        let tag = Tag(group, number)
        if tag.group == 0xFFFE { return ElementHeader(tag: tag, vr: .UN, length: longLength, size: 8) }
        if !encoding.isExplicit {
            var vr = DataDictionary.vr(of: tag)
            // Nothing else has an undefined length without a VR, so it is known to be a sequence.
            if longLength == undefinedLength, vr == .UN { vr = .SQ }
            return ElementHeader(tag: tag, vr: vr, length: longLength, size: 8)
        }
        let start = bytes.startIndex
        guard let vr = VR(bytes[start + 4], bytes[start + 5]) else { throw .undefinedVR(tag: tag, offset: offset) }
        if vr.hasLongLength {
            guard let length = bytes.integer(UInt32.self, order, at: 8) else { return nil }
            return ElementHeader(tag: tag, vr: vr, length: length, size: 12)
        }
        guard let length = bytes.integer(UInt16.self, order, at: 6) else { return nil }
        return ElementHeader(tag: tag, vr: vr, length: UInt32(length), size: 8)
    }
}
