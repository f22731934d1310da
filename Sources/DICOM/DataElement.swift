/// One data element of a data set (PS3.5 chapter 7).
///
/// Values keep the bytes that were read, in the order in which they were read; ``byteOrder`` says which that is, and
/// the numbers that ``DataSet`` gives follow it. So nothing is copied or changed until someone asks.
public struct DataElement: Sendable {
    /// What an element holds. Bytes may still carry their padding.
    public enum Value: Sendable, Equatable {
        case bytes(ArraySlice<UInt8>)
        case sequence([DataSet])
        /// Encapsulated pixel data: the Basic Offset Table, then the fragments (PS3.5 A.4).
        case fragments([ArraySlice<UInt8>])
    }

    public let tag: Tag
    public let vr: VR
    /// The order of the bytes in each number of the value.
    public let byteOrder: ByteOrder
    /// Whether a sequence was, and will be, written with a delimiter at its end instead of its length (PS3.5 section
    /// 7.5). It carries no meaning: equality does not look at it.
    public var hasUndefinedLength: Bool
    public var value: Value

    public init(
        _ tag: Tag, _ vr: VR, _ value: Value, byteOrder: ByteOrder = .littleEndian, hasUndefinedLength: Bool = false
    ) {
        self.tag = tag
        self.vr = vr
        self.value = value
        self.byteOrder = byteOrder
        self.hasUndefinedLength = hasUndefinedLength
    }

    /// The plain bytes, or nil for a sequence or fragments.
    public var bytes: ArraySlice<UInt8>? {
        if case .bytes(let bytes) = value { bytes } else { nil }
    }

    /// A sequence's items, or nil for any other value.
    public var items: [DataSet]? {
        if case .sequence(let items) = value { items } else { nil }
    }

    /// What the value is, to read it: an element that passed through a program without a dictionary arrives as unknown
    /// (UN), though the standard knows it (PS3.5 section 6.2.2).
    var meaning: VR { vr == .UN ? DataDictionary.vr(of: tag) : vr }

    /// The order of the value's numbers: in what is unknown always little endian (PS3.5 section 6.2.2).
    var numberOrder: ByteOrder { vr == .UN ? .littleEndian : byteOrder }

    /// The same element under another representation.
    func with(_ vr: VR) -> DataElement {
        DataElement(tag, vr, value, byteOrder: byteOrder, hasUndefinedLength: hasUndefinedLength)
    }
}

extension DataElement: Equatable {
    /// Whether both say the same in the same bytes. The byte order only counts where it orders something.
    public static func == (left: DataElement, right: DataElement) -> Bool {
        left.tag == right.tag && left.vr == right.vr && left.value == right.value
            && (left.byteOrder == right.byteOrder || left.vr.wordSize == 1)
    }
}
