import DICOM
import NIOCore

/// The messages of one association: what is answered to each, and where a data set's bytes go.
struct AcceptorMessages<Receiver: InstanceReceiver> {
    /// What the bytes of the data set that is under way are for.
    enum Operation {
        case none
        case storing(Command, StoreRequest, Receiver.Reception)
        case requestingCommitment(IncomingCommitmentMessage<StorageCommitmentRequest>)
        case reportingCommitment(IncomingCommitmentMessage<StorageCommitmentReport>)
        /// The data set is read and dropped; then `answer` goes out, unless there is none to give.
        case dropping(answer: Command?)
    }

    let information: AssociationInformation
    let receiver: Receiver
    /// Nil where no peer may report.
    let reportReceiver: (any StorageCommitmentReportReceiver)?
    let offersStorageCommitment: Bool
    private let fragmenter: Fragmenter
    let observe: @Sendable (ServerEvent) -> Void
    private var assembler: MessageAssembler
    var operation = Operation.none
    /// The data set under way, where it is held until it is whole.
    var held = ByteBuffer()
    /// Of the message under way.
    var context: AcceptedContext?
    /// N-EVENT-REPORTs that wait for their response, by message ID. As many as the peer asked for, one at a time.
    var reports: [UInt16: UID] = [:]
    var lastMessageID: UInt16 = 0

    init(
        contexts: [UInt8: AcceptedContext], information: AssociationInformation, receiver: Receiver,
        reportReceiver: (any StorageCommitmentReportReceiver)?, offersStorageCommitment: Bool,
        fragmenter: Fragmenter, observe: @escaping @Sendable (ServerEvent) -> Void
    ) {
        self.information = information
        self.receiver = receiver
        self.reportReceiver = reportReceiver
        self.offersStorageCommitment = offersStorageCommitment
        self.fragmenter = fragmenter
        self.observe = observe
        assembler = MessageAssembler(contexts: contexts)
    }

    var isBetweenMessages: Bool { assembler.isBetweenMessages }

    /// Takes the next value and gives what has to be answered.
    mutating func consume(_ value: PresentationDataValue) async throws(MessageError) -> [PresentationDataValue] {
        switch try assembler.consume(value) {
        case nil: return []
        case .command(let command, let context):
            self.context = context
            return fragments(try await begin(command, context))
        case .dataSet(let bytes, let isLast):
            return try await take(bytes, isLast)
        }
    }

    /// The association ends: whatever is in flight is given up.
    mutating func discard() async {
        if case .storing(_, _, let reception) = operation { await reception.discard() }
        operation = .none
        for transaction in reports.values { await receiver.reported(transaction, status: nil) }
        reports = [:]
    }

    func fragments(_ command: Command?, dataSet: [UInt8]? = nil) -> [PresentationDataValue] {
        guard let command, let context else { return [] }
        return fragmenter.values(Message(contextID: context.id, command: command, dataSet: dataSet))
    }

    private mutating func begin(_ command: Command, _ context: AcceptedContext) async throws(MessageError) -> Command? {
        if command.field == .eventReportResponse { return try await takeReportResponse(command) }
        if command.field.isResponse { throw .unexpectedResponse(command.field.rawValue) }
        // C-CANCEL is never answered, and nothing here can be cancelled (PS3.7 section 9.3.2.3).
        if command.field == .cancelRequest { return drop(command, answer: nil) }
        guard let messageID = command.messageID else { throw .noMessageID }
        switch command.field {
        case .echoRequest:
            return drop(command, answer: .response(to: command, messageID: messageID, status: .success))
        case .storeRequest:
            return await store(command, messageID, context)
        case .actionRequest where mayRequestCommitment(context):
            return beginCommitmentRequest(command, messageID, context)
        case .eventReportRequest where mayReportCommitment(context):
            return beginCommitmentReport(command, messageID, context)
        default:
            observe(.unrecognizedOperation(information, commandField: command.field.rawValue))
            return drop(
                command, answer: .response(to: command, messageID: messageID, status: .unrecognizedOperation))
        }
    }

    /// Answers now, or after the data set that the command announces.
    mutating func drop(_ command: Command, answer: Command?) -> Command? {
        guard command.hasDataSet else { return answer }
        operation = .dropping(answer: answer)
        return nil
    }

    mutating func refuse(
        _ command: Command, _ messageID: UInt16, _ status: DIMSEStatus, _ comment: String
    ) -> Command? {
        drop(command, answer: .response(to: command, messageID: messageID, status: status, comment: comment))
    }

    private mutating func take(
        _ bytes: ByteBuffer, _ isLast: Bool
    ) async throws(MessageError) -> [PresentationDataValue] {
        switch operation {
        case .none:
            return []  // The assembler lets no data set through without its command.
        case .dropping(let answer):
            guard isLast else { return [] }
            operation = .none
            return fragments(answer)
        case .storing(let command, let request, let reception):
            return fragments(await store(bytes, isLast, command, request, reception))
        case .requestingCommitment(let request):
            return await take(bytes, isLast, request)
        case .reportingCommitment(let report):
            return fragments(await take(bytes, isLast, report))
        }
    }
}

// MARK: - C-STORE (PS3.7 section 9.1.1, PS3.4 annex B)

extension AcceptorMessages {
    private mutating func store(_ command: Command, _ messageID: UInt16, _ context: AcceptedContext) async -> Command? {
        guard let sopInstanceUID = command.elements.uid(.affectedSOPInstanceUID) else {
            return refuse(
                command, messageID, .invalidObjectInstance, "Affected SOP Instance UID is missing or invalid")
        }
        let stores = ![SOPClass.verification, SOPClass.storageCommitmentPushModel].contains(context.abstractSyntax)
        guard stores, command.elements.uid(.affectedSOPClassUID) == context.abstractSyntax else {
            return refuse(
                command, messageID, .sopClassNotSupported, "Affected SOP Class UID is not that of the context")
        }
        guard command.hasDataSet else {
            return refuse(command, messageID, .cannotUnderstand, "C-STORE without a data set")
        }
        let request = StoreRequest(
            sopClassUID: context.abstractSyntax, sopInstanceUID: sopInstanceUID,
            transferSyntax: context.transferSyntax, messageID: messageID, association: information)
        do {
            operation = .storing(command, request, try await receiver.begin(request))
        } catch {
            operation = .dropping(answer: answer(command, request, error))
        }
        return nil
    }

    private mutating func store(
        _ bytes: ByteBuffer, _ isLast: Bool, _ command: Command, _ request: StoreRequest,
        _ reception: Receiver.Reception
    ) async -> Command? {
        do {
            if bytes.readableBytes > 0 { try await reception.write(bytes) }
        } catch {
            await reception.discard()
            let answer = answer(command, request, error)
            operation = isLast ? .none : .dropping(answer: answer)
            return isLast ? answer : nil
        }
        guard isLast else { return nil }
        operation = .none
        do {
            let acknowledgement = try await reception.finish()
            return .response(
                to: command, messageID: request.messageID, status: acknowledgement.status,
                comment: acknowledgement.comment)
        } catch {
            return answer(command, request, error)
        }
    }

    private func answer(_ command: Command, _ request: StoreRequest, _ refusal: StoreRefusal) -> Command {
        observe(.refused(request, refusal))
        return .response(
            to: command, messageID: request.messageID, status: refusal.status, comment: refusal.comment)
    }
}
