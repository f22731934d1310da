/// Why bytes are not a data set. The offset counts from the first byte of the data set.
public enum DataSetError: Error, Equatable, CustomStringConvertible {
    case truncated(tag: Tag?, offset: Int)
    case undefinedVR(tag: Tag, offset: Int)
    case unexpectedTag(tag: Tag, offset: Int)
    case lengthBeyondParent(tag: Tag, length: UInt32, offset: Int)
    case nestedTooDeep(limit: Int, offset: Int)
    case tooManyElements(limit: Int, offset: Int)
    case headerTooLong(limit: Int)
    case unsupportedTransferSyntax(TransferSyntax)
    case notPart10(String)
    case missing(Tag)

    public var description: String {
        switch self {
        case .truncated(let tag, let offset):
            "the data set ends in the middle of \(tag.map { "element \($0)" } ?? "an element") at byte \(offset); "
                + "send it again whole"
        case .undefinedVR(let tag, let offset):
            "element \(tag) at byte \(offset) has no value representation of the standard; "
                + "the bytes do not match the transfer syntax"
        case .unexpectedTag(let tag, let offset):
            "tag \(tag) cannot stand at byte \(offset); the bytes do not match the transfer syntax"
        case .lengthBeyondParent(let tag, let length, let offset):
            "element \(tag) at byte \(offset) claims \(length) bytes, more than there are around it"
        case .nestedTooDeep(let limit, let offset):
            "sequences are nested more than \(limit) deep at byte \(offset)"
        case .tooManyElements(let limit, let offset):
            "more than \(limit) elements before byte \(offset)"
        case .headerTooLong(let limit):
            "an identifying element is longer than \(limit) bytes"
        case .unsupportedTransferSyntax(let syntax):
            "transfer syntax \(syntax) cannot be read; send the object in Explicit or Implicit VR Little Endian"
        case .notPart10(let what):
            "not a DICOM file: \(what)"
        case .missing(let tag):
            "element \(tag) is missing or empty"
        }
    }
}

/// Bounds that keep hostile data sets from costing more than their own bytes.
public struct DataSetLimits: Sendable {
    /// Nesting in real objects stays below ten; a parser that recurses needs a bound well under its stack.
    public var nestingDepth = 32
    /// Items and elements together. The largest enhanced multi-frame headers have some hundred thousand.
    public var elements = 2_000_000

    public init() {}
}
