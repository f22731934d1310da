import DICOM
import NIOCore
import NIOPosix

/// A peer and the titles that both sides use.
public struct RemoteApplicationEntity: Sendable, Equatable {
    /// A name or an address.
    public var host: String
    public var port: Int
    /// At most 16 characters.
    public var calledAETitle: String
    public var callingAETitle: String

    public init(host: String, port: Int, calledAETitle: String, callingAETitle: String) {
        self.host = host
        self.port = port
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
    }
}

/// A storage and verification SCU (PS3.4 annexes A and B).
public struct StorageClient: Sendable {
    /// Advertised to the peer, which answers with commands only.
    static let maximumLength: UInt32 = 16 * 1024
    public static let defaultConnectTimeout = TimeAmount.seconds(10)

    private let group: any EventLoopGroup
    private let timeouts: AssociationTimeouts
    private let connectTimeout: TimeAmount

    /// - Parameter timeouts: `idle` is how long the peer may take to answer.
    public init(
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        timeouts: AssociationTimeouts = AssociationTimeouts(),
        connectTimeout: TimeAmount = StorageClient.defaultConnectTimeout
    ) {
        self.group = group
        self.timeouts = timeouts
        self.connectTimeout = connectTimeout
    }

    /// Opens an association, lends it to `body` and releases it.
    ///
    /// Where `body` throws, the association is aborted instead. Where the task is cancelled, the connection is closed
    /// without an A-ABORT, which the peer takes for a lost connection: it discards a half object either way. A failure
    /// of the release alone is not thrown: every operation was answered before it.
    ///
    /// - Parameters:
    ///   - contexts: at most 128, with distinct odd IDs; PDV IDs and answers refer to them.
    ///   - roles: where this side is not just the user of a SOP class.
    public func withAssociation<Result: Sendable>(
        to peer: RemoteApplicationEntity, contexts: [PresentationContextProposal], roles: [RoleSelection] = [],
        _ body: (StorageAssociation) async throws(AssociationError) -> Result
    ) async throws(AssociationError) -> Result {
        let request = AssociateRequest(
            calledAETitle: peer.calledAETitle, callingAETitle: peer.callingAETitle, presentationContexts: contexts,
            userInformation: UserInformation(maximumLength: Self.maximumLength, roleSelections: roles))
        let turn = TurnFlag()
        let channel = try await connect(peer, request, turn)
        var outcome: Swift.Result<Result, AssociationError> = .failure(.failed(.connectionLost))
        do {
            try await channel.executeThenClose { inbound, outbound in
                outcome = await Self.use(request, inbound, outbound, turn, body)
            }
        } catch {
            // Closing a connection that is gone already: the outcome is known.
        }
        return try outcome.get()
    }

    private func connect(
        _ peer: RemoteApplicationEntity, _ request: AssociateRequest, _ turn: TurnFlag
    ) async throws(AssociationError) -> NIOAsyncChannel<AssociationSignal, AssociationPrimitive> {
        do {
            return try await ClientBootstrap(group: group)
                .connectTimeout(connectTimeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
                .connect(host: peer.host, port: peer.port) { [timeouts] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try UpperLayerChannel.wrap(
                            channel, role: .requestor(request), timeouts: timeouts, turn: turn, limits: PDULimits())
                    }
                }
        } catch {
            throw .cannotConnect(host: peer.host, port: peer.port, reason: Self.reason(error))
        }
    }

    /// The system's words, without the connection attempts that NIO lists around them.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return String(describing: error) }
        if let first = error.connectionErrors.first { return String(describing: first.error) }
        return "the host name has no address"
    }

    private static func use<Result: Sendable>(
        _ request: AssociateRequest, _ inbound: NIOAsyncChannelInboundStream<AssociationSignal>,
        _ outbound: NIOAsyncChannelOutboundWriter<AssociationPrimitive>, _ turn: TurnFlag,
        _ body: (StorageAssociation) async throws(AssociationError) -> Result
    ) async -> Swift.Result<Result, AssociationError> {
        let association = StorageAssociation(inbound, outbound, turn)
        do throws(AssociationError) {
            try await association.establish(request)
            let result = try await body(association)
            await association.release()
            return .success(result)
        } catch {
            await association.abort()
            return .failure(error)
        }
    }
}
