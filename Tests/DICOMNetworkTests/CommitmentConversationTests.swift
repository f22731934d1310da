import DICOM
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// What peers may say, in any order, on the association that asked for storage commitment.
@Suite struct CommitmentConversationTests {
    private static let report = StorageCommitmentReport(
        transactionUID: Commitment.transactionUID, committed: [Commitment.reference(0)], failed: [])

    private static func reporting(_ report: StorageCommitmentReport = report, messageID: UInt16 = 40) -> [UInt8] {
        ScriptedProvider.message(.storageCommitmentReport(report, messageID: messageID), report.dataSet)
    }

    private func ask(
        _ kept: KeptReports, hearing bytes: [UInt8], reportWait: Duration = patience
    ) async throws -> (Result<StorageCommitmentOutcome, StorageCommitmentFailure>, ScriptedProvider.Told) {
        try await ScriptedProvider.run(saying: bytes) { peer in
            await StorageClient().commitment(Commitment.request(1), of: peer, reportWait: reportWait, reports: kept)
        }
    }

    @Test func aReportMayComeBeforeTheResponse() async throws {
        let kept = KeptReports()
        let (outcome, told) = try await ask(kept, hearing: Self.reporting() + ScriptedProvider.response())
        #expect(outcome == .success(.reported(Self.report)))
        #expect(kept.all == [Self.report])
        #expect(try told.statuses == [.success])
        #expect(told.pdus.last == .releaseRequest)
    }

    /// A peer may use the association for what it still has to say of another transaction: kept, but not waited for.
    @Test func aReportOfAnotherTransactionIsKeptToo() async throws {
        let kept = KeptReports()
        var other = Self.report
        other.transactionUID = UID(known: "2.25.1")
        let (outcome, told) = try await ask(
            kept, hearing: ScriptedProvider.response() + Self.reporting(other, messageID: 1) + Self.reporting())
        #expect(outcome == .success(.reported(Self.report)))
        #expect(kept.all == [other, Self.report])
        #expect(try told.statuses == [.success, .success])
    }

    @Test func anUnknownTransactionIsRefusedAndTheWaitGoesOn() async throws {
        let kept = KeptReports { report in
            report.transactionUID == Commitment.transactionUID ? nil : StoreRefusal(.invalidArgumentValue, "unknown")
        }
        var other = Self.report
        other.transactionUID = UID(known: "2.25.1")
        let (outcome, told) = try await ask(
            kept, hearing: ScriptedProvider.response() + Self.reporting(other) + Self.reporting())
        #expect(outcome == .success(.reported(Self.report)))
        #expect(try told.statuses == [.invalidArgumentValue, .success])
    }

    @Test func whatIsNoReportIsAnsweredAndTheWaitGoesOn() async throws {
        var nameless = Self.report.dataSet
        nameless[.transactionUID] = nil
        var oversized = Self.report.dataSet
        oversized.set(.errorComment, .UN, bytes: [UInt8](repeating: 0, count: StorageCommitmentReport.dataSetLimit))
        let command = Command.storageCommitmentReport(Self.report, messageID: 5)
        let bytes = ScriptedProvider.response()
            + ScriptedProvider.message(.echoRequest(messageID: 3))
            + ScriptedProvider.message(command, nameless)
            + ScriptedProvider.message(command, oversized) + Self.reporting()
        let (outcome, told) = try await ask(KeptReports(), hearing: bytes)
        #expect(outcome == .success(.reported(Self.report)))
        #expect(try told.statuses == [
            .unrecognizedOperation, .invalidArgumentValue, .resourceLimitation, .success,
        ])
    }

    /// A report that has begun when the time is over gets the same time again, and then the association is aborted.
    @Test func halfAReportIsNotWaitedForWithoutEnd() async throws {
        let half = ScriptedProvider.message(.storageCommitmentReport(Self.report, messageID: 5))
        let kept = KeptReports()
        let (outcome, told) = try await ask(
            kept, hearing: ScriptedProvider.response() + half, reportWait: .milliseconds(200))
        #expect(outcome == .success(.outstanding))
        #expect(kept.all.isEmpty)
        #expect(told.pdus == [.abort(.byUser)])
    }

    @Test func aPeerThatReleasesIsAnsweredAndItsAcceptanceHolds() async throws {
        let (outcome, told) = try await ask(
            KeptReports(), hearing: ScriptedProvider.response() + PDU.releaseRequest.encoded)
        #expect(outcome == .success(.outstanding))
        #expect(told.pdus == [.releaseReply])
    }

    @Test func aPeerThatReleasesInsteadOfAnsweringAcceptedNothing() async throws {
        let (outcome, _) = try await ask(KeptReports(), hearing: PDU.releaseRequest.encoded)
        #expect(outcome == .failure(.association(.failed(.connectionLost))))
    }

    /// The report counts, whatever becomes of the association.
    @Test func aReportWithoutAResponseIsAReport() async throws {
        let (outcome, _) = try await ask(KeptReports(), hearing: Self.reporting() + PDU.releaseRequest.encoded)
        #expect(outcome == .success(.reported(Self.report)))
    }

    @Test func aSecondResponseIsAborted() async throws {
        let (outcome, told) = try await ask(
            KeptReports(), hearing: ScriptedProvider.response() + ScriptedProvider.response())
        #expect(outcome == .success(.outstanding))
        #expect(told.pdus == [.abort(.byUser)])
    }

    @Test func aResponseToAnotherRequestIsAborted() async throws {
        let command = Command.response(
            to: .storageCommitmentRequest(messageID: 1), messageID: 77, status: .success)
        let (outcome, told) = try await ask(KeptReports(), hearing: ScriptedProvider.message(command))
        let fault = AssociationFault.invalidMessage(.unexpectedResponse(Command.Field.actionResponse.rawValue))
        #expect(outcome == .failure(.association(.failed(fault))))
        #expect(told.pdus == [.abort(.byUser)])
    }

    // MARK: Values

    /// PS3.3 C.14.1.1, and a number that is none of its.
    @Test(arguments: [
        (0x0110, true), (0x0112, false), (0x0119, false), (0x0122, false), (0x0131, true), (0x0213, true),
        (0xC001, false),
    ] as [(UInt16, Bool)])
    func reasonsAreTransientOrNot(_ number: UInt16, _ isTransient: Bool) throws {
        let reason = StorageCommitmentReport.FailureReason(rawValue: number)
        #expect(reason.isTransient == isTransient)
        // As the reports that wait on disk have it.
        #expect(String(decoding: try JSONEncoder().encode([reason]), as: UTF8.self) == "[\(number)]")
    }

    @Test func aFailureWins() {
        let both = StorageCommitmentReport(
            transactionUID: Commitment.transactionUID, committed: [Commitment.reference(0), Commitment.reference(1)],
            failed: [.init(Commitment.reference(1), .classInstanceConflict)])
        #expect(both.verdicts == [
            Commitment.reference(0): .committed, Commitment.reference(1): .failed(.classInstanceConflict),
        ])
    }

    @Test func aFailureWithoutAReasonIsAFailure() throws {
        var dataSet = DataSet()
        dataSet.set(.transactionUID, Commitment.transactionUID)
        dataSet.set(.failedSOPSequence, items: [Commitment.reference(0).item])
        let command = Command.storageCommitmentReport(Self.report, messageID: 1)
        #expect(try StorageCommitmentReport(dataSet, of: command).verdicts == [
            Commitment.reference(0): .failed(.processingFailure)
        ])
    }
}
