import DICOM
import NIOCore
import NIOPosix

/// An established association of a ``StorageClient``. Used from one task.
public final class StorageAssociation {
    private var signals: NIOAsyncChannelInboundStream<AssociationSignal>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<AssociationPrimitive>
    private let turn: TurnFlag
    private var fragmenter: Fragmenter?
    private var assembler = MessageAssembler(contexts: [:])
    private var lastMessageID: UInt16 = 0
    private var hasEnded = false

    /// What the peer accepted, by context ID.
    public private(set) var contexts: [UInt8: AcceptedContext] = [:]

    init(
        _ inbound: NIOAsyncChannelInboundStream<AssociationSignal>,
        _ outbound: NIOAsyncChannelOutboundWriter<AssociationPrimitive>, _ turn: TurnFlag
    ) {
        signals = inbound.makeAsyncIterator()
        self.outbound = outbound
        self.turn = turn
    }

    /// The accepted context for such objects; nil where the peer took none. The lowest ID wins.
    public func context(_ sopClassUID: UID, _ transferSyntax: TransferSyntax) -> AcceptedContext? {
        contexts.values
            .filter { $0.abstractSyntax == sopClassUID && $0.transferSyntax == transferSyntax }
            .min { $0.id < $1.id }
    }

    /// C-ECHO (PS3.7 section 9.1.5). The contexts must have Verification among them.
    public func echo() async throws(AssociationError) -> DIMSEStatus {
        guard let context = contexts.values.first(where: { $0.abstractSyntax == SOPClass.verification }) else {
            throw .noAcceptedContext(sopClassUID: SOPClass.verification, .implicitVRLittleEndian)
        }
        let messageID = nextMessageID()
        try await send(.echoRequest(messageID: messageID), context)
        return try await response(to: messageID, .echoResponse)
    }

    /// So much of a data set is read and written at once, whatever the peer's maximum length: peers that take 16 KiB
    /// would cost a change of threads for each.
    private static let stretchBytes = 256 * 1024

    /// C-STORE (PS3.7 section 9.1.1).
    ///
    /// The bytes are sent as they are, in pieces of the peer's maximum length. Where the first of them cannot be read
    /// nothing is sent, and the association goes on; where later ones cannot, it is aborted, so that the peer does not
    /// take the beginning for the whole.
    public func store(
        sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax, dataSet: some DataSetSource
    ) async throws(AssociationError) -> DIMSEStatus {
        guard let context = context(sopClassUID, transferSyntax), let fragmenter else {
            throw .noAcceptedContext(sopClassUID: sopClassUID, transferSyntax)
        }
        let messageID = nextMessageID()
        let command = Command.storeRequest(
            messageID: messageID, sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID)
        var values = fragmenter.values(Message(contextID: context.id, command: command))
        let stretchBytes = max(1, Self.stretchBytes / fragmenter.pieceBytes) * fragmenter.pieceBytes
        var left = dataSet.length
        repeat {
            let isFirst = left == dataSet.length
            do {
                let stretch = try await dataSet.read(min(stretchBytes, left))
                left -= stretch.readableBytes
                values += fragmenter.dataSetValues(stretch, isEnd: left == 0, contextID: context.id)
            } catch {
                if isFirst { throw .sourceUnreadable(String(describing: error)) }
                // Half a data set is on the wire: only an abort keeps the peer from waiting for the rest.
                await abort()
                throw .sourceFailed(String(describing: error))
            }
            try await write(values.map { .data([$0]) })
            values = []
        } while left > 0
        return try await response(to: messageID, .storeResponse)
    }

    /// C-STORE of a data set in memory.
    public func store(
        sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax, dataSet: [UInt8]
    ) async throws(AssociationError) -> DIMSEStatus {
        try await store(
            sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, transferSyntax: transferSyntax,
            dataSet: DataSetInMemory(dataSet))
    }

    // MARK: Establishing and ending

    func establish(_ request: AssociateRequest) async throws(AssociationError) {
        while true {
            switch try await nextSignal() {
            case .indication(.accepted(let accept)):
                contexts = AcceptedContext.agreed(request, accept)
                assembler = MessageAssembler(contexts: contexts)
                guard let fragmenter = Fragmenter(maximumLength: accept.userInformation.maximumLength) else {
                    throw .maximumLengthTooSmall(accept.userInformation.maximumLength)
                }
                self.fragmenter = fragmenter
                return
            case .indication(.rejected(let reject)):
                hasEnded = true
                throw .rejected(reject)
            default: continue
            }
        }
    }

    /// Releases and waits for the confirmation. Where it does not come, the connection is closed without: all is
    /// answered.
    func release() async {
        guard !hasEnded else { return }
        do throws(AssociationError) {
            try await write(.releaseRequest)
            while true {
                switch try await nextSignal() {
                case .indication(.releaseConfirmed): return
                // Both sides release at once: the requestor answers first (PS3.8 section 7.2.2).
                case .indication(.release): try await write(.releaseResponse)
                default: continue
                }
            }
        } catch {}
    }

    /// The peer releases: no more can be said.
    func answerRelease() async throws(AssociationError) {
        try await write(.releaseResponse)
        hasEnded = true
    }

    func abort() async {
        guard !hasEnded else { return }
        hasEnded = true
        // The connection closes next in any case.
        try? await outbound.write(.abort)
    }

    // MARK: Messages

    var isBetweenMessages: Bool { assembler.isBetweenMessages }

    /// The next value of a message; nil where a command is not whole yet.
    func consume(_ value: PresentationDataValue) throws(MessageError) -> MessageAssembler.Part? {
        try assembler.consume(value)
    }

    func nextMessageID() -> UInt16 {
        lastMessageID &+= 1
        return lastMessageID
    }

    private func send(_ command: Command, _ context: AcceptedContext) async throws(AssociationError) {
        try await send(Message(contextID: context.id, command: command))
    }

    func send(_ message: Message) async throws(AssociationError) {
        for value in fragmenter?.values(message) ?? [] { try await write(.data([value])) }
    }

    func response(to messageID: UInt16, _ field: Command.Field) async throws(AssociationError) -> DIMSEStatus {
        while true {
            switch try await nextSignal() {
            case .indication(.data(let values)):
                do throws(MessageError) {
                    for value in values {
                        guard case .command(let command, _) = try assembler.consume(value) else { continue }
                        guard command.field == field, command.messageIDBeingRespondedTo == messageID,
                            let status = command.status
                        else { throw .unexpectedResponse(command.field.rawValue) }
                        return status
                    }
                } catch {
                    throw .failed(.invalidMessage(error))
                }
            case .indication(.release):
                // The peer releases instead of answering.
                try await answerRelease()
                throw .failed(.connectionLost)
            default: continue
            }
        }
    }

    func write(_ primitive: AssociationPrimitive) async throws(AssociationError) { try await write([primitive]) }

    /// One after the other, with one flush.
    func write(_ primitives: [AssociationPrimitive]) async throws(AssociationError) {
        guard !hasEnded else { throw .failed(.connectionLost) }
        turn.setOwn(true)
        do {
            try await outbound.write(contentsOf: primitives)
        } catch {
            // The signals know why the connection ended.
            while true { _ = try await nextSignal() }
        }
    }

    /// The next signal that does not end the association; what ends it is thrown.
    ///
    /// - Parameter silenceIsFine: whether the peer may take longer than ``AssociationTimeouts/idle``.
    func nextSignal(silenceIsFine: Bool = false) async throws(AssociationError) -> AssociationSignal {
        turn.setOwn(silenceIsFine)
        defer { turn.setOwn(true) }
        let signal: AssociationSignal?
        do {
            signal = try await signals.next(isolation: nil)
        } catch {
            signal = nil
        }
        switch signal {
        case nil:
            hasEnded = true
            throw Task.isCancelled ? .cancelled : .failed(.connectionLost)
        case .fault(let fault):
            hasEnded = true
            throw .failed(fault)
        case .indication(.aborted(let abort)):
            hasEnded = true
            throw .aborted(abort)
        case .indication(.providerAborted):
            hasEnded = true
            throw .failed(.connectionLost)
        case .some(let signal):
            return signal
        }
    }
}
