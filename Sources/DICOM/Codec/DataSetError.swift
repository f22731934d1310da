/// Why bytes are not a data set. The offset counts from the first byte of the data set, after inflation where it is
/// deflated.
public enum DataSetError: Error, Equatable, CustomStringConvertible {
    case truncated(tag: Tag?, offset: Int)
    case undefinedVR(tag: Tag, offset: Int)
    case unexpectedTag(tag: Tag, offset: Int)
    case undefinedLength(tag: Tag, offset: Int)
    case lengthBeyondParent(tag: Tag, length: UInt32, offset: Int)
    case nestedTooDeep(limit: Int, offset: Int)
    case tooManyElements(limit: Int, offset: Int)
    case headerTooLong(limit: Int)
    case notDeflated(offset: Int)
    case inflatesTooFar(bytes: Int, ratioLimit: Int)
    case bytesBehindEnd(offset: Int)
    case unsupportedTransferSyntax(TransferSyntax)
    case cannotTranscode(from: TransferSyntax, to: TransferSyntax)
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
        case .undefinedLength(let tag, let offset):
            "element \(tag) at byte \(offset) has an undefined length, which only sequences and pixel data can have"
        case .lengthBeyondParent(let tag, let length, let offset):
            "element \(tag) at byte \(offset) claims \(length) bytes, more than there are around it"
        case .nestedTooDeep(let limit, let offset):
            "sequences are nested more than \(limit) deep at byte \(offset)"
        case .tooManyElements(let limit, let offset):
            "more than \(limit) elements before byte \(offset)"
        case .headerTooLong(let limit):
            "an identifying element is longer than \(limit) bytes"
        case .notDeflated(let offset):
            "byte \(offset) of the stored bytes is no deflate stream, which the transfer syntax asks for; send the "
                + "object in Explicit VR Little Endian"
        case .inflatesTooFar(let bytes, let ratioLimit):
            "the deflated data set grows beyond \(bytes) bytes and \(ratioLimit) times its own size, as no real one "
                + "does; send it in Explicit VR Little Endian"
        case .bytesBehindEnd(let offset):
            "bytes other than padding follow the end of the data set at byte \(offset)"
        case .unsupportedTransferSyntax(let syntax):
            "transfer syntax \(syntax) cannot be read; send the object in Explicit or Implicit VR Little Endian"
        case .cannotTranscode(let source, let target):
            "a data set in transfer syntax \(source) cannot be re-encoded in \(target) with certainty that its pixels "
                + "stay what they are; let the receiver take \(source)"
        case .notPart10(let what):
            "not a DICOM file: \(what)"
        case .missing(let tag):
            "element \(tag) is missing or empty"
        }
    }
}
