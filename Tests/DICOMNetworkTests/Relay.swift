import NIOCore
import NIOPosix
import Synchronization

/// A port whose connections lead to another port, until they are cut.
final class Relay: Sendable {
    private let state = Mutex<(port: Int, accepted: [any Channel])>((0, []))

    var port: Int { state.withLock { $0.port } }

    /// Runs `body` with a relay to `target`, and ends it then.
    static func run(to target: Int, _ body: (Relay) async throws -> Void) async throws {
        let relay = Relay()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                relay.state.withLock { $0.accepted.append(child) }
                return ClientBootstrap(group: child.eventLoop)
                    .channelInitializer { outward in outward.pipeline.addHandler(Forwarder(to: child)) }
                    .connect(host: "127.0.0.1", port: target)
                    .flatMap { outward in child.pipeline.addHandler(Forwarder(to: outward)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        relay.state.withLock { $0.port = listener.localAddress?.port ?? 0 }
        try await body(relay)
        await relay.cutConnections()
        try await listener.close()
    }

    /// Closes every connection; returns when they are closed.
    func cutConnections() async {
        for channel in state.withLock({ $0.accepted }) { try? await channel.close() }
    }
}

/// Hands on what comes in, and the end of it.
private final class Forwarder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }
}
