import DICOM
import TestSupport
import Testing

@testable import DICOMNetwork

@Suite struct NegotiationTests {
    private let ct = UID(known: "1.2.840.10008.5.1.4.1.1.2")
    private let findModel = UID(known: "1.2.840.10008.5.1.4.1.2.1.1")
    private let privateClass = UID(known: "1.3.46.670589.11.0.0.12.1")

    private func request(_ contexts: [(UID, [TransferSyntax])]) -> AssociateRequest {
        AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "CT1",
            presentationContexts: contexts.enumerated().map { index, context in
                .init(id: UInt8(2 * index + 1), abstractSyntax: context.0, transferSyntaxes: context.1)
            },
            userInformation: UserInformation(maximumLength: 0))
    }

    @Test func choosesTheProposersFirstReadableSyntax() throws {
        let proposal = request([
            (ct, [.papyrus3ImplicitVRLittleEndian, .jpeg2000, .explicitVRLittleEndian]),
            (findModel, [.implicitVRLittleEndian]),
            (ct, [.xmlEncoding]),
            (SOPClass.verification, [.implicitVRLittleEndian]),
            (privateClass, [.implicitVRLittleEndian]),
        ])
        let answers = try AcceptorPolicy().answer(proposal, from: "10.1.2.3").presentationContexts
        #expect(answers.map(\.result.rawValue) == [0, 3, 4, 0, 3])
        #expect(answers[0].transferSyntax == .jpeg2000)
        let wider = try AcceptorPolicy(additionalSOPClasses: [privateClass])
            .answer(proposal, from: "10.1.2.3").presentationContexts
        #expect(wider[4].result == .acceptance)
    }

    @Test func checksTitlesAndApplicationContext() {
        let proposal = request([(ct, [.implicitVRLittleEndian])])
        #expect(throws: AssociationRefusal.calledAETitleNotRecognized("OUTPOST")) {
            try AcceptorPolicy(calledAETitle: "OTHER").answer(proposal, from: "10.1.2.3")
        }
        #expect(throws: AssociationRefusal.callingAETitleNotRecognized("CT1")) {
            try AcceptorPolicy(callingAETitles: ["CT2"]).answer(proposal, from: "10.1.2.3")
        }
        #expect(throws: Never.self) {
            try AcceptorPolicy(calledAETitle: "OUTPOST", callingAETitles: ["CT1"]).answer(proposal, from: "10.1.2.3")
        }
        var other = proposal
        other.applicationContext = "1.2.3"
        #expect(throws: AssociationRefusal.applicationContextNotSupported) {
            try AcceptorPolicy().answer(other, from: "10.1.2.3")
        }
    }

    @Test func answersTheOperationsWindowWithOne() throws {
        var proposal = request([(ct, [.implicitVRLittleEndian])])
        #expect(try AcceptorPolicy().answer(proposal, from: "10.1.2.3").userInformation.asynchronousOperations == nil)
        proposal.userInformation.asynchronousOperations = .init(invoked: 0, performed: 16)
        let information = try AcceptorPolicy().answer(proposal, from: "10.1.2.3").userInformation
        #expect(information.asynchronousOperations == .init(invoked: 1, performed: 1))
        #expect(information.implementationClassUID == Implementation.classUID)
        #expect(information.maximumLength == 128 * 1024)
    }

    @Test func believesNoContextThatWasNotProposed() {
        let proposal = request([(ct, [.implicitVRLittleEndian])])
        let accept = AssociateAccept(
            calledAETitle: "", callingAETitle: "",
            presentationContexts: [
                .init(id: 1, result: .acceptance, transferSyntax: .jpegBaseline),
                .init(id: 7, result: .acceptance, transferSyntax: .implicitVRLittleEndian),
            ], userInformation: UserInformation(maximumLength: 0))
        #expect(AcceptedContext.agreed(proposal, accept).isEmpty)
    }

    @Test func asksForVersionOne() {
        var proposal = request([(ct, [.implicitVRLittleEndian])])
        proposal.protocolVersion = 2
        #expect(throws: AssociationRefusal.protocolVersionNotSupported) {
            try AcceptorPolicy().answer(proposal, from: "10.1.2.3")
        }
        proposal.protocolVersion = 3
        #expect(throws: Never.self) { try AcceptorPolicy().answer(proposal, from: "10.1.2.3") }
    }

    @Test func admitsOnlyTheAddressesOnItsList() throws {
        let proposal = request([(ct, [.implicitVRLittleEndian])])
        let policy = AcceptorPolicy(
            allowedAddresses: try ["10.20.0.0/16", "192.168.1.7", "2001:db8::/33"].map {
                try #require(AddressRange($0))
            })
        for address in ["10.20.0.1", "10.20.255.255", "192.168.1.7", "::ffff:10.20.3.4", "2001:db8:7fff::1"] {
            #expect(throws: Never.self) { try policy.answer(proposal, from: address) }
        }
        for address in ["10.21.0.1", "192.168.1.8", "2001:db8:8000::1", "::1", "", "10.20"] {
            #expect(throws: AssociationRefusal.addressNotAllowed(address)) {
                try policy.answer(proposal, from: address)
            }
        }
        #expect(AssociationRefusal.addressNotAllowed("").reject == .noReasonGiven)
    }

    @Test(arguments: ["10.20.0.1/16", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "a.b.c.d", "", "10.0.0.0/"])
    func whatIsNoRangeOfAddresses(_ text: String) { #expect(AddressRange(text) == nil) }

    /// The roles and the level of storage that this side has, for accepted contexts alone (PS3.7 D.3.3.4, PS3.4 B.3.1).
    @Test func answersRolesAndExtendedNegotiation() throws {
        var proposal = request([(ct, [.implicitVRLittleEndian]), (findModel, [.implicitVRLittleEndian])])
        proposal.userInformation.roleSelections = [
            .init(sopClassUID: ct, isSCU: true, isSCP: true), .init(sopClassUID: findModel, isSCU: true, isSCP: false),
        ]
        proposal.userInformation.extendedNegotiations = [
            .init(sopClassUID: ct, information: [0, 0, 0, 0, 0, 0]), .init(sopClassUID: findModel, information: [1]),
        ]
        proposal.userInformation.userIdentity = UserIdentity(type: 2, asksForResponse: true)
        let answer = try AcceptorPolicy().answer(proposal, from: "10.1.2.3").userInformation
        #expect(answer.roleSelections == [.init(sopClassUID: ct, isSCU: true, isSCP: false)])
        #expect(answer.extendedNegotiations == [.init(sopClassUID: ct, information: [2, 0, 3, 0, 0, 0])])
        #expect(answer.userIdentity == nil)
    }

    /// pynetdicom proposes the items and reads our answer to them.
    @Test func pynetdicomReadsTheAnswers() async throws {
        let script = """
            import sys
            from pynetdicom import AE, build_role
            from pynetdicom.pdu_primitives import (
                AsynchronousOperationsWindowNegotiation, SOPClassExtendedNegotiation, UserIdentityNegotiation)
            ct = "1.2.840.10008.5.1.4.1.1.2"
            extended = SOPClassExtendedNegotiation()
            extended.sop_class_uid = ct
            extended.service_class_application_information = bytes([2, 0, 3, 0, 1, 0])
            window = AsynchronousOperationsWindowNegotiation()
            window.maximum_number_operations_invoked = window.maximum_number_operations_performed = 5
            identity = UserIdentityNegotiation()
            identity.user_identity_type, identity.primary_field = 2, b"user"
            identity.secondary_field, identity.positive_response_requested = b"secret", True
            ae = AE(ae_title="CT1")
            ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
            ae.add_requested_context(ct)
            association = ae.associate("127.0.0.1", int(sys.argv[1]), ae_title="OUTPOST",
                ext_neg=[extended, window, identity, build_role(ct, scu_role=True, scp_role=True)])
            assert association.is_established
            context = association.accepted_contexts[0]
            print(context.as_scu, context.as_scp)
            acceptor = association.acceptor
            print(dict(acceptor.sop_class_extended)[ct].hex(), acceptor.asynchronous_operations, acceptor.user_identity)
            print(acceptor.implementation_version_name)
            association.release()
            """
        try await ServerHarness.run { server in
            let result = try await Subprocess.run([Repository.python, "-c", script, "\(server.port)"]).requireSuccess()
            #expect(result.output == "True False\n020003000000 (1, 1) None\n\(Implementation.versionName)\n")
        }
    }
}
