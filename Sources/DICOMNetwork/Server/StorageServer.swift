import DICOM
import NIOCore
import NIOPosix
import NIOSSL

/// A storage and verification SCP (PS3.4 annexes A and B): many associations at once, each in its own task.
///
/// Of a data set no more than a few P-DATA PDUs are ever in memory: a receiver that is slow makes the sender wait. It
/// may block: an association's task runs on the thread of its channel (``AssociationThread``).
/// Cancelling the task of ``run(listening:)`` ends everything at once; ``beginShutdown()`` lets the objects in flight
/// finish.
public final class StorageServer<Receiver: InstanceReceiver>: Sendable {
    private let configuration: StorageServerConfiguration
    private let receiver: Receiver
    private let reports: (any StorageCommitmentReportReceiver)?
    private let observe: @Sendable (ServerEvent) -> Void
    private let registry: ConnectionRegistry

    /// - Parameters:
    ///   - reports: takes peers' reports on storage commitments; needed where, and only where,
    ///     ``AcceptorPolicy/takesCommitmentReports`` is set.
    ///   - observe: called from any task, for every event; must not block.
    public init(
        configuration: StorageServerConfiguration, receiver: Receiver,
        reports: (any StorageCommitmentReportReceiver)? = nil,
        observe: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.receiver = receiver
        precondition(
            configuration.policy.takesCommitmentReports == (reports != nil), "who offers to take reports needs a taker")
        self.reports = reports
        self.observe = observe
        registry = ConnectionRegistry(
            maximumConnections: configuration.maximumConnections,
            maximumAssociations: configuration.maximumAssociations,
            maximumAssociationsPerPeer: configuration.maximumAssociationsPerPeer)
    }

    /// Listens and serves until cancelled or shut down, and returns once every association has ended.
    ///
    /// - Parameters:
    ///   - listening: called once for each port, when connections are being taken, with the address in use.
    ///   - threads: called once, before any connection is taken, with the threads of the associations; for those who
    ///     watch whether they go on. What it gives is called before these threads end.
    public func run(
        listening: @escaping @Sendable (ListeningAddress) -> Void = { _ in },
        threads started: @Sendable ([any EventLoop]) -> @Sendable () -> Void = { _ in {} }
    ) async throws(StorageServerError) {
        // One also where every association is to be rejected.
        let threads = MultiThreadedEventLoopGroup(
            numberOfThreads: min(max(configuration.maximumAssociations, 1), AssociationThread.limit))
        let ending = started(Array(threads.makeIterator()))
        let end: Result<Void, StorageServerError>
        do throws(StorageServerError) {
            end = .success(try await run(on: threads, listening))
        } catch {
            end = .failure(error)
        }
        ending()
        // Every association has ended: nothing is left that could fail to.
        try? await threads.shutdownGracefully()
        try end.get()
    }

    private func run(
        on threads: MultiThreadedEventLoopGroup, _ listening: @escaping @Sendable (ListeningAddress) -> Void
    ) async throws(StorageServerError) {
        var listeners: [(Listener, StorageListener)] = []
        for settings in configuration.listeners {
            do {
                listeners.append((try await bind(settings, threads), settings))
            } catch {
                for (listener, _) in listeners { listener.channel.close(promise: nil) }
                throw .cannotListen(host: settings.host, port: settings.port, reason: String(describing: error))
            }
        }
        await withDiscardingTaskGroup { tasks in
            for (listener, settings) in listeners {
                tasks.addTask { await self.run(listener, settings, listening) }
            }
        }
    }

    private func run(
        _ listener: Listener, _ settings: StorageListener, _ listening: @Sendable (ListeningAddress) -> Void
    ) async {
        let address = listener.channel.localAddress
        await withDiscardingTaskGroup { tasks in
            // The accept loop ends when the listener closes or the task is cancelled; neither is a fault.
            try? await listener.executeThenClose { connections in
                guard registry.opened(listener: listener.channel) else { return }
                listening(ListeningAddress(
                    host: address?.ipAddress ?? settings.host, port: address?.port ?? 0, usesTLS: settings.tls != nil))
                for try await connection in connections {
                    let thread = AssociationThread(connection.channel.channel.eventLoop)
                    tasks.addTask(executorPreference: thread) { await self.serve(connection) }
                }
            }
            if Task.isCancelled { tasks.cancelAll() }
        }
    }

    /// Takes no more connections and ends each association after its object in flight, or after
    /// ``AssociationTimeouts/shutdown`` at the latest. ``run(listening:)`` returns when all have ended.
    public func beginShutdown() { registry.drain() }

    private struct Connection: Sendable {
        var channel: NIOAsyncChannel<AssociationSignal, AssociationPrimitive>
        var turn: TurnFlag
    }

    private typealias Listener = NIOAsyncChannel<Connection, Never>

    /// Accepted but not yet looked at.
    private static var backlog: Int32 { 256 }

    private func bind(_ settings: StorageListener, _ threads: MultiThreadedEventLoopGroup) async throws -> Listener {
        // Connections are accepted by a thread that nothing blocks.
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton, childGroup: threads)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: UpperLayerChannel.receiveAllocator)
            // What was read is worked off before more is read: it is in the processor's cache then.
            .childChannelOption(.maxMessagesPerRead, value: 1)
        let prepare: @Sendable (any Channel) -> EventLoopFuture<Connection> = { [configuration, observe] channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls = settings.tls { try Self.add(tls, to: channel, observe) }
                let turn = TurnFlag()
                return Connection(
                    channel: try UpperLayerChannel.wrap(
                        channel, role: .acceptor, timeouts: configuration.timeouts, turn: turn,
                        limits: configuration.limits
                    ).keptUntilClosed(),
                    turn: turn)
            }
        }
        if let descriptor = settings.descriptor {
            return try await bootstrap.bind(descriptor, childChannelInitializer: prepare)
        }
        return try await bootstrap.bind(host: settings.host, port: settings.port, childChannelInitializer: prepare)
    }

    private static func add(
        _ tls: TLSIdentity, to channel: any Channel, _ observe: @Sendable (ServerEvent) -> Void
    ) throws {
        let (context, problem) = tls.current()
        if let problem { observe(.tlsFilesUnusable(problem)) }
        try channel.pipeline.syncOperations.addHandlers([PlainTextGuard(), NIOSSLServerHandler(context: context)])
    }

    private func serve(_ connection: Connection) async {
        let channel = connection.channel.channel
        guard let identifier = registry.opened(connection: channel) else {
            observe(.connectionRefused(peerAddress: channel.remoteAddress?.ipAddress ?? ""))
            // Nothing was agreed: closing is all there is to say, and its failure changes nothing.
            try? await connection.channel.executeThenClose { _, _ in }
            return
        }
        defer { registry.closed(connection: identifier) }
        // The session reports its own faults; what is thrown here is only the close of a socket that is gone already.
        try? await connection.channel.executeThenClose { inbound, outbound in
            var session = AcceptorSession(
                identifier: identifier, policy: configuration.policy, receiver: receiver, reports: reports,
                registry: registry, turn: connection.turn, outbound: outbound, observe: observe)
            await session.run(inbound)
        }
    }
}

/// How both sides set up a channel.
///
/// Memory for an association, whatever the object: the queued signals, each a PDU of at most
/// ``PDULimits/dataBytes``, one more in the making, and one read: (4 + 1 + 1) × 256 KiB, that is 1.5 MiB.
enum UpperLayerChannel {
    /// A P-DATA PDU of the advertised length in one read, mostly.
    static let receiveAllocator = FixedSizeRecvByteBufferAllocator(capacity: 256 * 1024)
    /// PDUs that wait for the task before the socket is no longer read.
    private static let queuedSignals = 4

    static func wrap(
        _ channel: any Channel, role: UpperLayerHandler.Role, timeouts: AssociationTimeouts, turn: TurnFlag,
        limits: PDULimits
    ) throws -> NIOAsyncChannel<AssociationSignal, AssociationPrimitive> {
        try channel.pipeline.syncOperations.addHandler(
            UpperLayerHandler(role: role, timeouts: timeouts, turn: turn, limits: limits))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: queuedSignals),
                inboundType: AssociationSignal.self, outboundType: AssociationPrimitive.self))
    }
}
