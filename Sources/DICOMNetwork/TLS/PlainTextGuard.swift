import NIOCore

/// Looks at the first byte that comes to a TLS port, so that a peer without TLS is named as such and not as a failed
/// handshake. It stands before the TLS handler and leaves the pipeline with the first byte.
final class PlainTextGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The peer speaks no TLS.
    struct PlainText: Error {
        var looksLikeDICOM: Bool
    }

    /// A TLS record of the type handshake (RFC 8446 section 5.1).
    private static let handshake: UInt8 = 0x16

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        if first == Self.handshake {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } else {
            context.fireErrorCaught(PlainText(looksLikeDICOM: first == PDUType.associateRequest.rawValue))
        }
    }
}
