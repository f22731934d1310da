import DICOM
import NIOCore

/// Writes PDUs (PS3.8 section 9.3).
public enum PDUEncoder {
    /// The header that precedes a value's bytes in a P-DATA-TF PDU: its length, context ID, message control header.
    public static let valueHeaderBytes = 6

    /// The bytes of `pdu`, as buffers to be sent one after the other: payloads are not copied.
    public static func encode(_ pdu: PDU, allocator: ByteBufferAllocator = ByteBufferAllocator()) -> [ByteBuffer] {
        if case .data(let values) = pdu { return encode(values, allocator) }
        var buffer = allocator.buffer(capacity: 256)
        switch pdu {
        case .associateRequest(let request):
            buffer.writePDU(.associateRequest) { $0.write(request) }
        case .associateAccept(let accept):
            buffer.writePDU(.associateAccept) { $0.write(accept) }
        case .associateReject(let reject):
            buffer.writePDU(.associateReject) {
                $0.writeBytes([0, reject.result.rawValue, reject.source, reject.reason])
            }
        case .releaseRequest: buffer.writePDU(.releaseRequest) { $0.writeRepeatingByte(0, count: 4) }
        case .releaseReply: buffer.writePDU(.releaseReply) { $0.writeRepeatingByte(0, count: 4) }
        case .abort(let abort):
            buffer.writePDU(.abort) { $0.writeBytes([0, 0, abort.source.rawValue, abort.reason.rawValue]) }
        case .data: break
        }
        return [buffer]
    }

    private static func encode(_ values: [PresentationDataValue], _ allocator: ByteBufferAllocator) -> [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        var header = allocator.buffer(capacity: 12)
        let length = values.reduce(0) { $0 + valueHeaderBytes + $1.bytes.readableBytes }
        header.writeBytes([PDUType.data.rawValue, 0])
        header.writeInteger(UInt32(length))
        for value in values {
            header.writeInteger(UInt32(value.bytes.readableBytes + 2))
            header.writeInteger(value.contextID)
            header.writeInteger(UInt8((value.isCommand ? 1 : 0) | (value.isLast ? 2 : 0)))
            buffers.append(header)
            buffers.append(value.bytes)
            header = allocator.buffer(capacity: valueHeaderBytes)
        }
        return buffers
    }
}

extension ByteBuffer {
    fileprivate mutating func writePDU(_ type: PDUType, _ content: (inout ByteBuffer) -> Void) {
        writeBytes([type.rawValue, 0])
        let position = writerIndex
        writeInteger(UInt32(0))
        content(&self)
        setInteger(UInt32(writerIndex - position - 4), at: position)
    }

    /// Type, a reserved byte, a length of two bytes, the content (PS3.8 section 9.3.2.1).
    mutating func writeItem(_ type: UInt8, _ content: (inout ByteBuffer) -> Void) {
        writeBytes([type, 0])
        let position = writerIndex
        writeInteger(UInt16(0))
        content(&self)
        // 128 contexts each have their own item; the longest of ours holds a few hundred bytes.
        setInteger(UInt16(clamping: writerIndex - position - 2), at: position)
    }

    /// Sixteen characters, filled up with spaces.
    private mutating func writeTitle(_ title: String) {
        let characters = title.utf8.prefix(16)
        writeBytes(characters)
        writeRepeatingByte(0x20, count: 16 - characters.count)
    }

    private mutating func writeHead(_ version: UInt16, _ called: String, _ calling: String, _ application: String) {
        writeInteger(version)
        writeInteger(UInt16(0))
        writeTitle(called)
        writeTitle(calling)
        writeRepeatingByte(0, count: 32)
        writeItem(ItemType.applicationContext) { $0.writeString(application) }
    }

    fileprivate mutating func write(_ request: AssociateRequest) {
        writeHead(request.protocolVersion, request.calledAETitle, request.callingAETitle, request.applicationContext)
        for context in request.presentationContexts {
            writeItem(ItemType.proposedContext) { item in
                item.writeBytes([context.id, 0, 0, 0])
                item.writeItem(ItemType.abstractSyntax) { $0.writeString(context.abstractSyntax.value) }
                for syntax in context.transferSyntaxes {
                    item.writeItem(ItemType.transferSyntax) { $0.writeString(syntax.uid.value) }
                }
            }
        }
        write(request.userInformation)
    }

    fileprivate mutating func write(_ accept: AssociateAccept) {
        writeHead(1, accept.calledAETitle, accept.callingAETitle, dicomApplicationContext.value)
        for context in accept.presentationContexts {
            writeItem(ItemType.answeredContext) { item in
                item.writeBytes([context.id, 0, context.result.rawValue, 0])
                item.writeItem(ItemType.transferSyntax) { $0.writeString(context.transferSyntax.uid.value) }
            }
        }
        write(accept.userInformation)
    }
}
