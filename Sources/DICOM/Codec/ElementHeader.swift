/// Tag, VR and length, as they stand before each value (PS3.5 sections 7.1.2 and 7.1.3).
struct ElementHeader {
    static let undefinedLength: UInt32 = 0xFFFF_FFFF

    let tag: Tag
    let vr: VR
    let length: UInt32
    /// Bytes that the header itself takes: 8 or 12.
    let size: Int

    var hasUndefinedLength: Bool { length == Self.undefinedLength }

    /// A sequence, or unknown content of undefined length, which is a sequence in Implicit VR (PS3.5 section 6.2.2
    /// note).
    var opensSequence: Bool { vr == .SQ || (vr == .UN && hasUndefinedLength) }

    /// Items and delimiters have no VR in any syntax (PS3.5 section 7.5).
    var isItemOrDelimiter: Bool { tag.group == 0xFFFE }

    /// The header at the start of `bytes`; nil where more bytes are needed.
    static func read(_ bytes: ArraySlice<UInt8>, explicit: Bool, offset: Int) throws(DataSetError) -> ElementHeader? {
        guard bytes.count >= 8 else { return nil }
        let start = bytes.startIndex
        let tag = Tag(
            UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8,
            UInt16(bytes[start + 2]) | UInt16(bytes[start + 3]) << 8)
        let rest = bytes[(start + 4)...]
        if tag.group == 0xFFFE || !explicit {
            guard let length = rest.littleEndianInteger(UInt32.self) else { return nil }
            return ElementHeader(
                tag: tag, vr: tag.group == 0xFFFE ? .UN : DataDictionary.vr(of: tag), length: length, size: 8)
        }
        let vr = VR(bytes[start + 4], bytes[start + 5])
        guard vr.isDefined else { throw .undefinedVR(tag: tag, offset: offset) }
        if vr.hasLongLength {
            guard bytes.count >= 12, let length = rest.dropFirst(4).littleEndianInteger(UInt32.self) else { return nil }
            return ElementHeader(tag: tag, vr: vr, length: length, size: 12)
        }
        guard let length = rest.dropFirst(2).littleEndianInteger(UInt16.self) else { return nil }
        return ElementHeader(tag: tag, vr: vr, length: UInt32(length), size: 8)
    }
}
