/// One data element of a data set (PS3.5 chapter 7).
public struct DataElement: Sendable, Equatable {
    /// What an element holds. Bytes are little endian and may still carry their padding.
    public enum Value: Sendable, Equatable {
        case bytes(ArraySlice<UInt8>)
        case sequence([DataSet])
        /// Encapsulated pixel data: the Basic Offset Table, then the fragments (PS3.5 A.4).
        case fragments([ArraySlice<UInt8>])
    }

    public let tag: Tag
    public let vr: VR
    public var value: Value

    public init(_ tag: Tag, _ vr: VR, _ value: Value) {
        self.tag = tag
        self.vr = vr
        self.value = value
    }

    /// The plain bytes, or nil for a sequence or fragments.
    public var bytes: ArraySlice<UInt8>? {
        if case .bytes(let bytes) = value { bytes } else { nil }
    }

    /// A sequence's items, or nil for any other value.
    public var items: [DataSet]? {
        if case .sequence(let items) = value { items } else { nil }
    }
}
