import DICOM
import Foundation
import TestSupport
import Testing

@testable import DICOMNetwork

/// Storage commitment as its user (PS3.4 annex J): what a real PACS makes of a request, and what is made of its answer.
@Suite struct CommitmentRequestTests {
    private let client = StorageClient()

    @Test(arguments: [1, 2, StorageCommitmentRequest.maximumReferences])
    func aReportOnTheSameAssociationIsKeptAndAnswered(_ count: Int) async throws {
        let peer = try await CommittingPeer("here")
        let kept = KeptReports()
        let request = Commitment.request(count)
        let outcome = await client.commitment(request, of: peer.entity, reports: kept)
        let report = try #require(kept.all.first)
        #expect(outcome == .success(.reported(report)))
        #expect(kept.all.count == 1)
        #expect(report.transactionUID == request.transactionUID)
        #expect(report.verdicts.count == count)
        for reference in request.references {
            let fails = reference.sopInstanceUID.value.hasSuffix("1")
            #expect(report.verdicts[reference] == (fails ? .failed(.noSuchObjectInstance) : .committed))
        }
        try await peer.says("requested 1 \(count)")
        try await peer.says("answer 0000")
        try await peer.says("released")
    }

    /// Success would let the peer forget what nobody else knows.
    @Test func aReportThatCannotBeKeptIsNotAnsweredWithSuccess() async throws {
        let peer = try await CommittingPeer("here")
        let kept = KeptReports { _ in StoreRefusal(.processingFailure, "disk is full") }
        let outcome = await client.commitment(Commitment.request(2), of: peer.entity, reports: kept)
        #expect(outcome == .success(.outstanding))
        try await peer.says("answer 0110")
        try await peer.says("released")
    }

    @Test func aReportOnAnotherAssociationReachesTheServer() async throws {
        let kept = KeptReports()
        try await ServerHarness.run(policy: AcceptorPolicy(takesCommitmentReports: true), reports: kept) { server in
            let peer = try await CommittingPeer("elsewhere", reportPort: server.port)
            let outcome = await client.commitment(Commitment.request(2), of: peer.entity, reportWait: .zero)
            #expect(outcome == .success(.outstanding))
            try await peer.says("answer 0000")
            #expect(kept.all == [StorageCommitmentReport(
                transactionUID: Commitment.transactionUID, committed: [Commitment.reference(0)],
                failed: [.init(Commitment.reference(1), .noSuchObjectInstance)])])
        }
    }

    @Test func whoNeverReportsIsReleased() async throws {
        let peer = try await CommittingPeer("never")
        var timeouts = AssociationTimeouts()
        timeouts.idle = .seconds(30)
        let outcome = await StorageClient(timeouts: timeouts).commitment(
            Commitment.request(1), of: peer.entity, reportWait: .milliseconds(100))
        #expect(outcome == .success(.outstanding))
        try await peer.says("released")
        #expect(!peer.hasSaid("aborted"))
    }

    @Test func anAcceptedRequestOutlivesItsAssociation() async throws {
        let peer = try await CommittingPeer("abort")
        #expect(await client.commitment(Commitment.request(1), of: peer.entity) == .success(.outstanding))
    }

    @Test func whoAbortsBeforeItsResponseAcceptedNothing() async throws {
        let peer = try await CommittingPeer("die")
        let outcome = await client.commitment(Commitment.request(1), of: peer.entity)
        guard case .failure(.association(.aborted)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: [
        (0x0110, true), (0x0213, true), (0x0131, true), (0x0124, true), (0x0115, false), (0x0123, false),
    ] as [(UInt16, Bool)])
    func refusalsAreTransientOrNot(_ status: UInt16, _ isTransient: Bool) async throws {
        let peer = try await CommittingPeer("never", status: status)
        let outcome = await client.commitment(Commitment.request(1), of: peer.entity)
        let failure = StorageCommitmentFailure.refused(aeTitle: "PACS", DIMSEStatus(rawValue: status))
        #expect(outcome == .failure(failure))
        #expect(failure.isTransient == isTransient)
        try await peer.says("released")
    }

    @Test(arguments: [0x0118, 0x0122, 0x0211] as [UInt16])
    func whoLearnsFromTheMessageThatItOffersNoneOffersNone(_ status: UInt16) async throws {
        let peer = try await CommittingPeer("never", status: status)
        let outcome = await client.commitment(Commitment.request(1), of: peer.entity)
        #expect(outcome == .failure(.notOffered(aeTitle: "PACS", DIMSEStatus(rawValue: status))))
    }

    @Test func whoTakesNoContextOffersNone() async throws {
        let peer = try await CommittingPeer("nothing")
        let outcome = await client.commitment(Commitment.request(1), of: peer.entity)
        let failure = StorageCommitmentFailure.notOffered(aeTitle: "PACS", nil)
        #expect(outcome == .failure(failure))
        #expect(!failure.isTransient)
        #expect(failure.description.contains("PACS does not offer storage commitment"))
        try await peer.says("released")
    }

    @Test func storescpOffersNone() async throws {
        try await ClientInteroperationTests.withStorescp([]) { port, _ in
            let outcome = await client.commitment(Commitment.request(1), of: ClientInteroperationTests.peer(port))
            #expect(outcome == .failure(.notOffered(aeTitle: "ANY-SCP", nil)))
        }
    }

    @Test func noPeerIsTransient() async throws {
        let port = try await ClientInteroperationTests.freePort()
        let outcome = await client.commitment(Commitment.request(1), of: ClientInteroperationTests.peer(port))
        guard case .failure(let failure) = outcome, case .association(.cannotConnect) = failure else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.isTransient)
    }

    @Test(arguments: [0, StorageCommitmentRequest.maximumReferences + 1])
    func isNotAskedForNothingNorForTooMuch(_ count: Int) async throws {
        let port = try await ClientInteroperationTests.freePort()
        let outcome = await client.commitment(Commitment.request(count), of: ClientInteroperationTests.peer(port))
        #expect(outcome == .failure(.wrongNumberOfReferences(count)))
    }

    /// Outpost asks, Outpost answers, at once and on the same association.
    @Test func bothSidesOfOutpostAgree() async throws {
        try await ServerHarness.run(policy: AcceptorPolicy(offersStorageCommitment: true)) { server in
            let kept = KeptReports()
            let outcome = await client.commitment(Commitment.request(3), of: server.peer(), reports: kept)
            let report = try #require(kept.all.first)
            #expect(outcome == .success(.reported(report)))
            #expect(report.failed == (0..<3).map { .init(Commitment.reference($0), .noSuchObjectInstance) })
            try await eventually("the response to the report") { server.receiver.reported == [.success] }
        }
    }
}
