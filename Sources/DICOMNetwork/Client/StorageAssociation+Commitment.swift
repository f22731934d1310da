import DICOM
import NIOCore

/// How a request for storage commitment ended, as far as the association can tell.
enum CommitmentReply: Sendable {
    /// The peer took no presentation context for it.
    case noContext
    case refused(DIMSEStatus)
    case accepted(StorageCommitmentOutcome)
}

extension StorageAssociation {
    /// The accepted context for storage commitment; nil where the peer took none. The lowest ID wins.
    var commitmentContext: AcceptedContext? {
        contexts.values.filter { $0.abstractSyntax == SOPClass.storageCommitmentPushModel }.min { $0.id < $1.id }
    }

    /// N-EVENT-REPORT of a storage commitment (PS3.4 J.3.3). The contexts must have its SOP class among them, with the
    /// provider's role for this side.
    public func report(_ report: StorageCommitmentReport) async throws(AssociationError) -> DIMSEStatus {
        guard let context = commitmentContext else {
            throw .noAcceptedContext(sopClassUID: SOPClass.storageCommitmentPushModel, .implicitVRLittleEndian)
        }
        let messageID = nextMessageID()
        try await send(Message(
            contextID: context.id, command: .storageCommitmentReport(report, messageID: messageID),
            dataSet: DataSetWriter.write(report.dataSet, context.transferSyntax)))
        return try await response(to: messageID, .eventReportResponse)
    }

    /// N-ACTION that requests storage commitment (PS3.4 J.3.2), its response, and the reports that come on this
    /// association within `wait` after it.
    ///
    /// Once the peer has accepted the request, or its report is kept, nothing that happens to the association makes
    /// that undone, so nothing is thrown any more.
    func requestCommitment(
        _ request: StorageCommitmentRequest, from peerAETitle: String, wait: TimeAmount,
        reports: some StorageCommitmentReportReceiver
    ) async throws(AssociationError) -> CommitmentReply {
        guard let context = commitmentContext else { return .noContext }
        let messageID = nextMessageID()
        var conversation = CommitmentConversation(request.transactionUID, messageID: messageID)
        try await send(Message(
            contextID: context.id, command: .storageCommitmentRequest(messageID: messageID),
            dataSet: DataSetWriter.write(request.dataSet, context.transferSyntax)))
        do throws(AssociationError) {
            try await converse(&conversation, wait) { report throws(StoreRefusal) in
                try await reports.take(report, from: peerAETitle)
            }
        } catch {
            guard conversation.isAccepted || conversation.report != nil else { throw error }
            await abort()
        }
        if let report = conversation.report { return .accepted(.reported(report)) }
        if let status = conversation.status, !conversation.isAccepted { return .refused(status) }
        return .accepted(.outstanding)
    }

    /// Returns when the conversation is over, or when the time for reports is.
    private func converse(
        _ conversation: inout CommitmentConversation, _ wait: TimeAmount,
        _ keep: (StorageCommitmentReport) async throws(StoreRefusal) -> Void
    ) async throws(AssociationError) {
        var isWaiting = false
        var hasExtended = false
        while !conversation.isOver {
            if conversation.isAccepted, !isWaiting {
                isWaiting = true
                try await write(.alarm(after: wait))
            }
            // A peer that has answered may be silent until the alarm. One that has begun to report may not.
            switch try await nextSignal(silenceIsFine: isWaiting && isBetweenMessages) {
            case .alarm:
                if isBetweenMessages { return }
                // A report is on its way: it gets the same time once more.
                guard !hasExtended else { throw .failed(.timedOut(.idle)) }
                hasExtended = true
                try await write(.alarm(after: wait))
            case .indication(.data(let values)):
                for value in values { try await take(value, &conversation, keep) }
            case .indication(.release):
                try await answerRelease()
                throw .failed(.connectionLost)
            default: continue
            }
        }
    }

    private func take(
        _ value: PresentationDataValue, _ conversation: inout CommitmentConversation,
        _ keep: (StorageCommitmentReport) async throws(StoreRefusal) -> Void
    ) async throws(AssociationError) {
        let step: CommitmentConversation.Step
        do throws(MessageError) {
            guard let part = try consume(value) else { return }
            step = try conversation.consume(part)
        } catch {
            throw .failed(.invalidMessage(error))
        }
        switch step {
        case .none: return
        case .answer(let answer, let context):
            try await send(Message(contextID: context.id, command: answer))
        case .keep(let report, let message, let context):
            var refusal: StoreRefusal?
            do throws(StoreRefusal) {
                try await keep(report)
            } catch {
                refusal = error
            }
            conversation.took(report, refusal)
            try await send(Message(contextID: context.id, command: message.response(refusal)))
        }
    }
}
