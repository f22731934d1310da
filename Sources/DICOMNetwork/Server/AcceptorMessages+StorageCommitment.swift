import DICOM
import NIOCore

// Storage commitment (PS3.4 annex J) on associations that peers open, in both directions: they ask this device to
// commit, and they report on what this device asked of them.

extension AcceptorMessages {
    /// Whether the peer may ask: as the SCU, which the requestor of an association is where nothing is negotiated.
    func mayRequestCommitment(_ context: AcceptedContext) -> Bool {
        context.abstractSyntax == SOPClass.storageCommitmentPushModel && offersStorageCommitment
            && context.requestorRoles?.isSCU ?? true
    }

    /// Whether the peer may report: as the SCP, a role that it has to negotiate (PS3.7 D.3.3.4).
    ///
    /// Some peers report without having said anything of roles. Nobody but an SCP sends this message, so there is no
    /// doubt what they mean, and what they have to say is wanted. Who did negotiate, and is not the SCP, is refused.
    func mayReportCommitment(_ context: AcceptedContext) -> Bool {
        context.abstractSyntax == SOPClass.storageCommitmentPushModel && reportReceiver != nil
            && context.requestorRoles?.isSCP ?? true
    }
}

// MARK: - The peer asks: N-ACTION, and the report that follows at once

extension AcceptorMessages {
    mutating func beginCommitmentRequest(
        _ command: Command, _ messageID: UInt16, _ context: AcceptedContext
    ) -> Command? {
        do throws(StoreRefusal) {
            operation = .requestingCommitment(
                try IncomingCommitmentMessage(command, messageID, context.transferSyntax))
            return nil
        } catch {
            return refuse(command, messageID, error.status, error.comment)
        }
    }

    mutating func take(
        _ bytes: ByteBuffer, _ isLast: Bool, _ message: IncomingCommitmentMessage<StorageCommitmentRequest>
    ) async -> [PresentationDataValue] {
        do throws(StoreRefusal) {
            guard let request = try message.take(bytes, isLast, held: &held) else { return [] }
            operation = .none
            let answer = try await receiver.commit(request, from: information)
            let response = fragments(message.response())
            guard case .here(let report) = answer, let context else { return response }
            lastMessageID &+= 1
            reports[lastMessageID] = report.transactionUID
            // The report may follow its response at once: the peer reads one after the other.
            return response + fragments(
                .storageCommitmentReport(report, messageID: lastMessageID),
                dataSet: DataSetWriter.write(report.dataSet, context.transferSyntax))
        } catch {
            return fragments(answer(message.response(error), isLast))
        }
    }

    mutating func takeReportResponse(_ command: Command) async throws(MessageError) -> Command? {
        guard let messageID = command.messageIDBeingRespondedTo,
            let transaction = reports.removeValue(forKey: messageID)
        else { throw .unexpectedResponse(command.field.rawValue) }
        await receiver.reported(transaction, status: command.status)
        return drop(command, answer: nil)
    }
}

// MARK: - The peer reports: N-EVENT-REPORT

extension AcceptorMessages {
    mutating func beginCommitmentReport(
        _ command: Command, _ messageID: UInt16, _ context: AcceptedContext
    ) -> Command? {
        do throws(StoreRefusal) {
            operation = .reportingCommitment(
                try IncomingCommitmentMessage(command, messageID, context.transferSyntax))
            return nil
        } catch {
            observe(.commitmentReportRefused(information, error))
            return refuse(command, messageID, error.status, error.comment)
        }
    }

    mutating func take(
        _ bytes: ByteBuffer, _ isLast: Bool, _ message: IncomingCommitmentMessage<StorageCommitmentReport>
    ) async -> Command? {
        do throws(StoreRefusal) {
            // Without a receiver the command was refused already; in no case is success said for it.
            guard let report = try message.take(bytes, isLast, held: &held), let reportReceiver else { return nil }
            operation = .none
            try await reportReceiver.take(report, from: information.callingAETitle)
            return message.response()
        } catch {
            observe(.commitmentReportRefused(information, error))
            return answer(message.response(error), isLast)
        }
    }

    /// Now, or after the last byte of the data set under way.
    private mutating func answer(_ answer: Command, _ isLast: Bool) -> Command? {
        operation = isLast ? .none : .dropping(answer: answer)
        return isLast ? answer : nil
    }
}
