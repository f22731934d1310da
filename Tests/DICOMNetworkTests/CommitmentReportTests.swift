import DICOM
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// Reports on storage commitments that come on associations of the peer (PS3.4 J.3.3), pynetdicom being the peer.
@Suite struct CommitmentReportTests {
    private static let script = """
        import sys
        from pynetdicom import AE, build_role
        from pynetdicom.sop_class import StorageCommitmentPushModel as Push
        from pydicom.dataset import Dataset
        port, roles, event_type, sop_class, instance, sequences = int(sys.argv[1]), *sys.argv[2:]
        def item(uid):
            item = Dataset()
            item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
            return item
        report = Dataset()
        report.TransactionUID = "2.25.4711"
        if "good" in sequences: report.ReferencedSOPSequence = [item("1.2.3.0")]
        if "failed" in sequences:
            report.FailedSOPSequence = [item("1.2.3.1")]
            report.FailedSOPSequence[0].FailureReason = 0x0213
        selection = {"scp": (False, True), "both": (True, True), "scu": (True, False), "none": None}[roles]
        role = [build_role(Push, *selection)] if selection else []
        ae = AE(ae_title="PACS")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
        ae.add_requested_context(Push)
        association = ae.associate("127.0.0.1", port, ae_title="OUTPOST", ext_neg=role)
        if not association.is_established:
            print("no association")
            sys.exit()
        context = association.accepted_contexts[0]
        print(context.as_scu, context.as_scp)
        # It would not send what it may not.
        context._as_scp = True
        status, _ = association.send_n_event_report(
            report, int(event_type), sop_class, instance, meta_uid="1.2.840.10008.1.20.1")
        print("%04X" % status.Status)
        association.release()
        """

    private func report(
        to port: Int, roles: String = "scp", eventType: Int = 2, sopClass: UID = SOPClass.storageCommitmentPushModel,
        instance: UID = SOPClass.storageCommitmentPushModelInstance, sequences: String = "good and failed"
    ) async throws -> [String] {
        let result = try await Subprocess.run([
            Repository.python, "-c", Self.script, "\(port)", roles, "\(eventType)", sopClass.value, instance.value,
            sequences,
        ]).requireSuccess()
        return result.output.split(separator: "\n").map(String.init)
    }

    private let policy = AcceptorPolicy(offersStorageCommitment: true, takesCommitmentReports: true)
    private static let expected = StorageCommitmentReport(
        transactionUID: Commitment.transactionUID, committed: [Commitment.reference(0)],
        failed: [.init(Commitment.reference(1), .resourceLimitation)])

    /// Also from who negotiated no role: only an SCP sends this message. Who said that it is none is not believed.
    @Test(arguments: [
        ("scp", "False True", "0000"), ("both", "True True", "0000"), ("none", "True False", "0000"),
        ("scu", "True False", "0211"),
    ]) func rolesAreNegotiated(_ roles: String, _ agreed: String, _ status: String) async throws {
        let kept = KeptReports()
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let answer = try await report(to: server.port, roles: roles)
            #expect(answer == [agreed, status])
            #expect(kept.all == (status == "0000" ? [Self.expected] : []))
            #expect(try await server.stillServes())
        }
    }

    /// No association: the only context is not accepted.
    @Test func noReportIsTakenWhereNobodyWantsOne() async throws {
        try await ServerHarness.run(policy: AcceptorPolicy(offersStorageCommitment: true)) { server in
            let asProvider = try await report(to: server.port)
            #expect(asProvider == ["no association"])
            let asBoth = try await report(to: server.port, roles: "both")
            #expect(asBoth == ["True False", "0211"])
        }
    }

    /// The answer tells the peer whether to report again.
    @Test(arguments: [DIMSEStatus.processingFailure, .invalidArgumentValue])
    func whatCannotBeKeptIsAnsweredSo(_ status: DIMSEStatus) async throws {
        let refusal = StoreRefusal(status, "why")
        try await ServerHarness.run(policy: policy, reports: KeptReports { _ in refusal }) { server in
            let answer = try await report(to: server.port)
            #expect(answer.last.flatMap { UInt16($0, radix: 16) } == status.rawValue)
            try await server.events.wait { event in
                guard case .commitmentReportRefused(let who, refusal) = event else { return false }
                return who.callingAETitle == "PACS"
            }
        }
    }

    @Test func allThatSucceededIsOfEventTypeOne() async throws {
        let kept = KeptReports()
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let good = try await report(to: server.port, eventType: 1, sequences: "good")
            #expect(good.last == "0000")
            #expect(kept.all.first?.verdicts == [Commitment.reference(0): .committed])
            // A failure is believed although the type denies it.
            let failed = try await report(to: server.port, eventType: 1, sequences: "good and failed")
            #expect(failed.last == "0000")
            #expect(kept.all.last == Self.expected)
        }
    }

    @Test func whatIsWrongIsNamedByTheStatus() async throws {
        let kept = KeptReports()
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let port = server.port
            let answers = [
                try await report(to: port, eventType: 3), try await report(to: port, sopClass: Commitment.ct),
                try await report(to: port, instance: UID(known: "1.2.3")),
                // Type 2 without a failure, and a report of nothing.
                try await report(to: port, sequences: "good"), try await report(to: port, eventType: 1, sequences: ""),
            ]
            #expect(answers.map(\.last) == ["0113", "0118", "0112", "0115", "0115"])
            #expect(kept.all.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    // MARK: Negotiation, without a peer

    private struct Proposal: Sendable {
        var offers: Bool
        var takes: Bool
        var roles: [RoleSelection]
        var result: PresentationContextResult.Result
        var answer: [RoleSelection]
    }

    private static func roles(_ isSCU: Bool, _ isSCP: Bool) -> [RoleSelection] {
        [RoleSelection(sopClassUID: SOPClass.storageCommitmentPushModel, isSCU: isSCU, isSCP: isSCP)]
    }

    private static let proposals = [
        Proposal(offers: true, takes: true, roles: [], result: .acceptance, answer: []),
        Proposal(offers: true, takes: true, roles: roles(false, true), result: .acceptance, answer: roles(false, true)),
        Proposal(offers: true, takes: true, roles: roles(true, false), result: .acceptance, answer: roles(true, false)),
        Proposal(offers: true, takes: false, roles: roles(true, true), result: .acceptance, answer: roles(true, false)),
        Proposal(
            offers: true, takes: false, roles: roles(false, true), result: .abstractSyntaxNotSupported, answer: []),
        Proposal(offers: false, takes: true, roles: roles(true, true), result: .acceptance, answer: roles(false, true)),
        Proposal(
            offers: false, takes: true, roles: roles(true, false), result: .abstractSyntaxNotSupported, answer: []),
        // By default the peer is the user, and nothing is offered to it.
        Proposal(offers: false, takes: true, roles: [], result: .abstractSyntaxNotSupported, answer: []),
    ]

    @Test(arguments: proposals.indices) func thePolicyGrantsTheRolesThatItHasAUseFor(_ index: Int) throws {
        let proposal = Self.proposals[index]
        let context = PresentationContextProposal(
            id: 1, abstractSyntax: SOPClass.storageCommitmentPushModel, transferSyntaxes: [.implicitVRLittleEndian])
        let request = AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "PACS", presentationContexts: [context],
            userInformation: UserInformation(maximumLength: 0, roleSelections: proposal.roles))
        let policy = AcceptorPolicy(
            offersStorageCommitment: proposal.offers, takesCommitmentReports: proposal.takes)
        let accept = try policy.answer(request, from: "127.0.0.1")
        #expect(accept.presentationContexts.map(\.result) == [proposal.result])
        #expect(accept.userInformation.roleSelections == proposal.answer)
        #expect(AcceptedContext.agreed(request, accept)[1]?.requestorRoles == proposal.answer.first)
    }
}
