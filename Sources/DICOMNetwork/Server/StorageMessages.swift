import DICOM
import NIOCore

/// The messages of one association: what is answered to each, and where a data set's bytes go.
struct StorageMessages<Receiver: InstanceReceiver> {
    private enum Operation {
        case none
        case receiving(Command, StoreRequest, Receiver.Reception)
        /// The data set is read and dropped; then `answer` goes out, unless there is none to give.
        case dropping(answer: Command?)
    }

    private let information: AssociationInformation
    private let receiver: Receiver
    private let fragmenter: Fragmenter
    private let observe: @Sendable (ServerEvent) -> Void
    private var assembler: MessageAssembler
    private var operation = Operation.none
    private var contextID: UInt8 = 0

    init(
        contexts: [UInt8: AcceptedContext], information: AssociationInformation, receiver: Receiver,
        fragmenter: Fragmenter, observe: @escaping @Sendable (ServerEvent) -> Void
    ) {
        self.information = information
        self.receiver = receiver
        self.fragmenter = fragmenter
        self.observe = observe
        assembler = MessageAssembler(contexts: contexts)
    }

    var isBetweenMessages: Bool { assembler.isBetweenMessages }

    /// Takes the next value and gives what has to be answered.
    mutating func consume(_ value: PresentationDataValue) async throws(MessageError) -> [PresentationDataValue] {
        contextID = value.contextID
        let answer: Command?
        switch try assembler.consume(value) {
        case nil: answer = nil
        case .command(let command, let context): answer = try await begin(command, context)
        case .dataSet(let bytes, let isLast): answer = await take(bytes, isLast)
        }
        return answer.map { fragmenter.values($0, contextID: contextID) } ?? []
    }

    /// The association ends: whatever is in flight is given up.
    mutating func discard() async {
        if case .receiving(_, _, let reception) = operation { await reception.discard() }
        operation = .none
    }

    private mutating func begin(_ command: Command, _ context: AcceptedContext) async throws(MessageError) -> Command? {
        if command.field.isResponse { throw .unexpectedResponse(command.field.rawValue) }
        // C-CANCEL is never answered, and nothing here can be cancelled (PS3.7 section 9.3.2.3).
        if command.field == .cancelRequest { return drop(command, answer: nil) }
        guard let messageID = command.messageID else { throw .noMessageID }
        switch command.field {
        case .echoRequest:
            return drop(command, answer: .response(to: command, messageID: messageID, status: .success))
        case .storeRequest:
            return await store(command, messageID, context)
        default:
            observe(.unrecognizedOperation(information, commandField: command.field.rawValue))
            return drop(
                command, answer: .response(to: command, messageID: messageID, status: .unrecognizedOperation))
        }
    }

    /// Answers now, or after the data set that the command announces.
    private mutating func drop(_ command: Command, answer: Command?) -> Command? {
        guard command.hasDataSet else { return answer }
        operation = .dropping(answer: answer)
        return nil
    }

    private mutating func store(_ command: Command, _ messageID: UInt16, _ context: AcceptedContext) async -> Command? {
        func refuse(_ status: DIMSEStatus, _ comment: String) -> Command? {
            drop(command, answer: .response(to: command, messageID: messageID, status: status, comment: comment))
        }
        guard let sopInstanceUID = command.elements.uid(.affectedSOPInstanceUID) else {
            return refuse(.invalidObjectInstance, "Affected SOP Instance UID is missing or invalid")
        }
        guard command.elements.uid(.affectedSOPClassUID) == context.abstractSyntax,
            context.abstractSyntax != SOPClass.verification
        else {
            return refuse(.sopClassNotSupported, "Affected SOP Class UID is not that of the context")
        }
        guard command.hasDataSet else { return refuse(.cannotUnderstand, "C-STORE without a data set") }
        let request = StoreRequest(
            sopClassUID: context.abstractSyntax, sopInstanceUID: sopInstanceUID,
            transferSyntax: context.transferSyntax, messageID: messageID, association: information)
        do {
            operation = .receiving(command, request, try await receiver.begin(request))
        } catch {
            operation = .dropping(answer: answer(command, request, error))
        }
        return nil
    }

    private func answer(_ command: Command, _ request: StoreRequest, _ refusal: StoreRefusal) -> Command {
        observe(.refused(request, refusal))
        return .response(
            to: command, messageID: request.messageID, status: refusal.status, comment: refusal.comment)
    }

    private mutating func take(_ bytes: ByteBuffer, _ isLast: Bool) async -> Command? {
        switch operation {
        case .none:
            return nil  // The assembler lets no data set through without its command.
        case .dropping(let answer):
            guard isLast else { return nil }
            operation = .none
            return answer
        case .receiving(let command, let request, let reception):
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
                try await reception.finish()
                return .response(to: command, messageID: request.messageID, status: .success)
            } catch {
                return answer(command, request, error)
            }
        }
    }
}
