import DICOM
import NIOCore

/// One association from the acceptor's side: negotiation, messages, release. Lives in one task.
struct AcceptorSession<Receiver: InstanceReceiver> {
    typealias Outbound = NIOAsyncChannelOutboundWriter<AssociationPrimitive>

    private let identifier: UInt64
    private let policy: AcceptorPolicy
    private let receiver: Receiver
    private let reports: (any StorageCommitmentReportReceiver)?
    private let registry: ConnectionRegistry
    private let turn: TurnFlag
    private let outbound: Outbound
    private let observe: @Sendable (ServerEvent) -> Void

    /// An IP address; empty where the transport has none.
    private var peerAddress = ""
    private var information: AssociationInformation?
    private var messages: AcceptorMessages<Receiver>?
    private var isDraining = false
    /// Set once the association is over; what still comes is dropped until the connection closes.
    private var hasEnded = false

    init(
        identifier: UInt64, policy: AcceptorPolicy, receiver: Receiver,
        reports: (any StorageCommitmentReportReceiver)?, registry: ConnectionRegistry, turn: TurnFlag,
        outbound: Outbound, observe: @escaping @Sendable (ServerEvent) -> Void
    ) {
        self.identifier = identifier
        self.policy = policy
        self.receiver = receiver
        self.reports = reports
        self.registry = registry
        self.turn = turn
        self.outbound = outbound
        self.observe = observe
    }

    mutating func run(_ signals: NIOAsyncChannelInboundStream<AssociationSignal>) async {
        do {
            for try await signal in signals { try await handle(signal) }
        } catch {
            // The connection is gone, or this task was cancelled: both end the association below.
        }
        await end(.failed(Task.isCancelled ? .shutDown : .connectionLost))
    }

    private mutating func handle(_ signal: AssociationSignal) async throws {
        switch signal {
        case .connected(let peerAddress):
            self.peerAddress = peerAddress
        case .fault(let fault):
            await end(.failed(fault))
        case .drain:
            isDraining = true
            try await endIfDrained()
        case .indication(.associate(let request)):
            try await negotiate(request)
        case .indication(.data(let values)):
            try await take(values)
        case .indication(.release):
            try await outbound.write(.releaseResponse)
            await end(.released)
        case .indication(.aborted(let abort)):
            await end(.aborted(abort))
        case .indication(.providerAborted):
            await end(.failed(.connectionLost))
        case .indication(.accepted), .indication(.rejected), .indication(.releaseConfirmed), .alarm:
            break  // Only a requestor is told these, and wants to be woken.
        }
    }

    private mutating func negotiate(_ request: AssociateRequest) async throws {
        let peer = AssociationInformation(
            identifier: identifier, callingAETitle: request.callingAETitle, calledAETitle: request.calledAETitle,
            peerAddress: peerAddress, implementationClassUID: request.userInformation.implementationClassUID,
            implementationVersionName: request.userInformation.implementationVersionName)
        do throws(AssociationRefusal) {
            let accept = try policy.answer(request, from: peerAddress)
            guard let fragmenter = Fragmenter(maximumLength: request.userInformation.maximumLength) else {
                throw .maximumLengthTooSmall(request.userInformation.maximumLength)
            }
            try registry.beginAssociation(of: peerAddress)
            information = peer
            messages = AcceptorMessages(
                contexts: AcceptedContext.agreed(request, accept), information: peer, receiver: receiver,
                reportReceiver: reports, offersStorageCommitment: policy.offersStorageCommitment,
                fragmenter: fragmenter, observe: observe)
            observe(.opened(peer))
            await send(.accept(accept))
        } catch {
            hasEnded = true
            observe(.rejected(peer, error))
            await send(.reject(error.reject))
        }
        try await endIfDrained()
    }

    /// A write fails only where the connection is gone, of which the signals tell.
    private func send(_ primitive: AssociationPrimitive) async { try? await outbound.write(primitive) }

    private mutating func take(_ values: [PresentationDataValue]) async throws {
        for value in values {
            guard !hasEnded else { return }
            turn.setOwn(true)
            defer { turn.setOwn(false) }
            do throws(MessageError) {
                // A PDU for each: together they may be longer than the peer takes, and some peers read one only.
                for answer in try await messages?.consume(value) ?? [] { await send(.data([answer])) }
            } catch {
                await end(.failed(.invalidMessage(error)))
                await send(.abort)
            }
            try await endIfDrained()
        }
    }

    private mutating func endIfDrained() async throws {
        guard isDraining, !hasEnded, messages?.isBetweenMessages ?? true else { return }
        await end(.failed(.shutDown))
        await send(.abort)
    }

    private enum End {
        case released
        case aborted(Abort)
        case failed(AssociationFault)
    }

    /// Once: gives up what is in flight, frees the association's place, and says how it ended.
    private mutating func end(_ how: End) async {
        guard !hasEnded else { return }
        hasEnded = true
        await messages?.discard()
        messages = nil
        if information != nil { registry.associationEnded(of: peerAddress) }
        switch (how, information) {
        case (.released, let information?): observe(.released(information))
        case (.aborted(let abort), let information?): observe(.aborted(information, abort))
        case (.failed(let fault), _): observe(.failed(information, peerAddress: peerAddress, fault))
        case (.released, nil), (.aborted, nil): break  // Only an association can be released or aborted.
        }
    }
}
