import DICOM
import NIOCore

/// Bounds on what a peer may send in one PDU.
public struct PDULimits: Sendable, Equatable {
    public var dataBytes: UInt32
    /// 128 contexts with some fifty transfer syntaxes each stay below.
    public var associateBytes: UInt32 = 256 * 1024

    /// Takes twice the maximum length that is advertised: some senders count their own headers wrongly.
    public init(advertisedLength: UInt32 = AcceptorPolicy.defaultMaximumLength) {
        dataBytes = 2 * advertisedLength
    }
}

/// Takes PDUs out of a byte stream, however it was cut (PS3.8 section 9.3). A length is judged before its bytes are
/// awaited.
public struct PDUDecoder: Sendable {
    private static let headerBytes = 6
    private let limits: PDULimits

    public init(limits: PDULimits = PDULimits()) { self.limits = limits }

    /// The next whole PDU, or nil where more bytes are needed. `buffer` moves on only past whole PDUs.
    ///
    /// After an error the framing is lost: nothing behind it can be decoded.
    public func decode(_ buffer: inout ByteBuffer) throws(PDUError) -> PDU? {
        let start = buffer.readerIndex
        guard buffer.readableBytes >= Self.headerBytes,
            let code = buffer.getInteger(at: start, as: UInt8.self),
            let length = buffer.getInteger(at: start + 2, as: UInt32.self)
        else { return nil }
        guard let type = PDUType(rawValue: code) else {
            throw Self.foreignProtocol(buffer).map { .foreignProtocol($0) } ?? .unknownType(code)
        }
        try check(type, length)
        guard buffer.readableBytes >= Self.headerBytes + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: Self.headerBytes)
        guard let body = buffer.readSlice(length: Int(length)) else { return nil }
        return try Self.decode(type, body)
    }

    /// How many bytes the PDU at the beginning of `buffer` takes, once ``decode(_:)`` has seen its header and asked for
    /// more; before that, those of a header.
    func bytesNeeded(_ buffer: ByteBuffer) -> Int {
        guard let length = buffer.getInteger(at: buffer.readerIndex + 2, as: UInt32.self) else {
            return Self.headerBytes
        }
        return Self.headerBytes + Int(length)
    }

    private func check(_ type: PDUType, _ length: UInt32) throws(PDUError) {
        switch type {
        case .data:
            guard length <= limits.dataBytes else { throw .tooLong(type, length: length, limit: limits.dataBytes) }
        case .associateRequest, .associateAccept:
            guard length <= limits.associateBytes else {
                throw .tooLong(type, length: length, limit: limits.associateBytes)
            }
        case .associateReject, .releaseRequest, .releaseReply, .abort:
            // Fixed by the standard: four bytes follow the header.
            guard length == 4 else { throw .malformed(type, "its length is \(length) instead of 4") }
        }
    }

    private static func decode(_ type: PDUType, _ body: ByteBuffer) throws(PDUError) -> PDU {
        var reader = PDUReader(body, type)
        switch type {
        case .associateRequest: return .associateRequest(try AssociateRequest(from: &reader))
        case .associateAccept: return .associateAccept(try AssociateAccept(from: &reader))
        case .associateReject: return .associateReject(try AssociateReject(from: &reader))
        case .data: return .data(try dataValues(&reader))
        case .releaseRequest: return .releaseRequest
        case .releaseReply: return .releaseReply
        case .abort:
            try reader.skip(2)
            let source: UInt8 = try reader.integer()
            // Source 1 is reserved; whatever else it says, the association is over.
            let reason: UInt8 = try reader.integer()
            return .abort(
                Abort(source: source == 0 ? .serviceUser : .serviceProvider, reason: .init(rawValue: reason)))
        }
    }

    private static func dataValues(_ reader: inout PDUReader) throws(PDUError) -> [PresentationDataValue] {
        var values: [PresentationDataValue] = []
        while !reader.isEmpty {
            let length: UInt32 = try reader.integer()
            guard length >= 2 else { throw reader.malformed("a presentation data value of \(length) bytes") }
            let context: UInt8 = try reader.integer()
            let control: UInt8 = try reader.integer()
            let bytes = try reader.slice(Int(length) - 2)
            values.append(
                PresentationDataValue(
                    contextID: context, isCommand: control & 1 == 1, isLast: control & 2 == 2, bytes: bytes))
        }
        guard !values.isEmpty else { throw reader.malformed("no presentation data value") }
        return values
    }

    private static func foreignProtocol(_ buffer: ByteBuffer) -> PDUError.ForeignProtocol? {
        guard let start = buffer.getBytes(at: buffer.readerIndex, length: 4) else { return nil }
        // A TLS record: handshake, major version 3 (RFC 8446 section 5.1).
        if start[0] == 0x16, start[1] == 0x03 { return .tls }
        let methods = ["GET ", "PUT ", "POST", "HEAD", "OPTI", "DELE", "PATC", "CONN", "TRAC", "PRI "]
        return methods.contains { start.elementsEqual($0.utf8) } ? .http : nil
    }
}

/// Reads fields and never beyond the end of what holds them.
struct PDUReader {
    private var buffer: ByteBuffer
    let type: PDUType

    init(_ buffer: ByteBuffer, _ type: PDUType) {
        self.buffer = buffer
        self.type = type
    }

    var isEmpty: Bool { buffer.readableBytes == 0 }

    func malformed(_ what: String) -> PDUError { .malformed(type, what) }

    mutating func integer<Number: FixedWidthInteger>() throws(PDUError) -> Number {
        guard let number = buffer.readInteger(as: Number.self) else {
            throw malformed("it ends in the middle of a field")
        }
        return number
    }

    mutating func skip(_ count: Int) throws(PDUError) { _ = try slice(count) }

    mutating func slice(_ count: Int) throws(PDUError) -> ByteBuffer {
        guard let slice = buffer.readSlice(length: count) else {
            throw malformed("\(count) bytes are announced where \(buffer.readableBytes) are left")
        }
        return slice
    }

    /// The next item: type, a reserved byte, a length of two bytes, the content (PS3.8 section 9.3.2.1).
    mutating func item() throws(PDUError) -> (type: UInt8, content: PDUReader) {
        let itemType: UInt8 = try integer()
        try skip(1)
        let length: UInt16 = try integer()
        return (itemType, PDUReader(try slice(Int(length)), type))
    }

    /// All that is left.
    mutating func rest() -> [UInt8] {
        defer { buffer.moveReaderIndex(to: buffer.writerIndex) }
        return Array(buffer.readableBytesView)
    }

    /// All that is left, as text without padding. Characters outside printable ASCII become question marks: the text is
    /// compared and logged, and must carry no control characters into a log.
    mutating func text() -> String {
        var bytes = buffer.readableBytesView[...]
        buffer.moveReaderIndex(to: buffer.writerIndex)
        while let last = bytes.last, last == 0x20 || last == 0 { bytes = bytes.dropLast() }
        bytes = bytes.drop { $0 == 0x20 }
        return String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    mutating func text(_ count: Int) throws(PDUError) -> String {
        var part = PDUReader(try slice(count), type)
        return part.text()
    }

    mutating func uid(_ what: String) throws(PDUError) -> UID {
        guard let uid = UID(text()) else { throw malformed("\(what) is not a UID") }
        return uid
    }
}
