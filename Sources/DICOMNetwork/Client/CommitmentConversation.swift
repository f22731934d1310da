import DICOM
import NIOCore

/// What comes back on the association that asked for storage commitment, in whatever order: the response to the
/// N-ACTION, and from some peers N-EVENT-REPORTs (PS3.4 J.3.2, J.3.3). Pure: parts of messages in, steps out.
struct CommitmentConversation: Sendable {
    enum Step: Sendable {
        case none
        /// To be sent.
        case answer(Command, AcceptedContext)
        /// To be kept, then told by ``took(_:_:)``, then answered.
        case keep(StorageCommitmentReport, IncomingCommitmentMessage<StorageCommitmentReport>, AcceptedContext)
    }

    private enum Reading {
        case nothing
        case report(IncomingCommitmentMessage<StorageCommitmentReport>)
        /// A data set that is of no interest; then the answer goes out, where there is one.
        case dropping(answer: Command?)
    }

    private let transactionUID: UID
    private let messageID: UInt16
    private var reading = Reading.nothing
    /// The data set of the report under way.
    private var held = ByteBuffer()
    private var context: AcceptedContext?
    /// Of the N-ACTION response.
    private(set) var status: DIMSEStatus?
    /// That of the transaction, once it is kept.
    private(set) var report: StorageCommitmentReport?
    /// Nothing says that the peer tries again here when its report was not taken.
    private var hasRefusedReport = false

    init(_ transactionUID: UID, messageID: UInt16) {
        self.transactionUID = transactionUID
        self.messageID = messageID
    }

    /// Whether the peer took the request on. With any other status than success it does not (PS3.4 J.3.2.1.2).
    var isAccepted: Bool { status == .success }
    /// Whether there is nothing more to wait for.
    var isOver: Bool { status != nil && (report != nil || hasRefusedReport || !isAccepted) }

    mutating func consume(_ part: MessageAssembler.Part) throws(MessageError) -> Step {
        switch part {
        case .command(let command, let context):
            self.context = context
            return step(try begin(command, context), context)
        case .dataSet(let bytes, let isLast):
            guard let context else { return .none }  // The assembler lets no data set through without its command.
            switch reading {
            case .nothing: return .none
            case .dropping(let answer):
                guard isLast else { return .none }
                reading = .nothing
                return step(answer, context)
            case .report(let message): return take(bytes, isLast, message, context)
            }
        }
    }

    private mutating func take(
        _ bytes: ByteBuffer, _ isLast: Bool, _ message: IncomingCommitmentMessage<StorageCommitmentReport>,
        _ context: AcceptedContext
    ) -> Step {
        do throws(StoreRefusal) {
            guard let report = try message.take(bytes, isLast, held: &held) else { return .none }
            reading = .nothing
            return .keep(report, message, context)
        } catch {
            reading = isLast ? .nothing : .dropping(answer: message.response(error))
            return isLast ? .answer(message.response(error), context) : .none
        }
    }

    /// A report is durable, or cannot be made so. That of another transaction changes nothing here: peers may send what
    /// they have.
    mutating func took(_ report: StorageCommitmentReport, _ refusal: StoreRefusal?) {
        guard report.transactionUID == transactionUID else { return }
        if refusal == nil { self.report = report } else { hasRefusedReport = true }
    }

    private func step(_ answer: Command?, _ context: AcceptedContext) -> Step {
        answer.map { .answer($0, context) } ?? .none
    }

    /// The answer that can be given at once.
    private mutating func begin(_ command: Command, _ context: AcceptedContext) throws(MessageError) -> Command? {
        if command.field == .actionResponse {
            guard self.status == nil, command.messageIDBeingRespondedTo == messageID, let status = command.status else {
                throw .unexpectedResponse(command.field.rawValue)
            }
            self.status = status
            return drop(command, answer: nil)
        }
        if command.field.isResponse { throw .unexpectedResponse(command.field.rawValue) }
        guard let messageID = command.messageID else { throw .noMessageID }
        guard command.field == .eventReportRequest, context.abstractSyntax == SOPClass.storageCommitmentPushModel else {
            return drop(
                command, answer: .response(to: command, messageID: messageID, status: .unrecognizedOperation))
        }
        do throws(StoreRefusal) {
            reading = .report(try IncomingCommitmentMessage(command, messageID, context.transferSyntax))
            return nil
        } catch {
            return drop(command, answer: .response(
                to: command, messageID: messageID, status: error.status, comment: error.comment))
        }
    }

    /// Answers now, or after the data set that the command announces.
    private mutating func drop(_ command: Command, answer: Command?) -> Command? {
        guard command.hasDataSet else { return answer }
        reading = .dropping(answer: answer)
        return nil
    }
}
