import DICOM
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
        let answers = try AcceptorPolicy().answer(proposal).presentationContexts
        #expect(answers.map(\.result.rawValue) == [0, 3, 4, 0, 3])
        #expect(answers[0].transferSyntax == .jpeg2000)
        let wider = try AcceptorPolicy(additionalSOPClasses: [privateClass]).answer(proposal).presentationContexts
        #expect(wider[4].result == .acceptance)
    }

    @Test func checksTitlesAndApplicationContext() {
        let proposal = request([(ct, [.implicitVRLittleEndian])])
        #expect(throws: AssociateReject(result: .permanent, source: 1, reason: 7)) {
            try AcceptorPolicy(calledAETitle: "OTHER").answer(proposal)
        }
        #expect(throws: AssociateReject(result: .permanent, source: 1, reason: 3)) {
            try AcceptorPolicy(callingAETitles: ["CT2"]).answer(proposal)
        }
        #expect(throws: Never.self) {
            try AcceptorPolicy(calledAETitle: "OUTPOST", callingAETitles: ["CT1"]).answer(proposal)
        }
        var other = proposal
        other.applicationContext = "1.2.3"
        #expect(throws: AssociateReject(result: .permanent, source: 1, reason: 2)) {
            try AcceptorPolicy().answer(other)
        }
    }

    @Test func answersTheOperationsWindowWithOne() throws {
        var proposal = request([(ct, [.implicitVRLittleEndian])])
        #expect(try AcceptorPolicy().answer(proposal).userInformation.asynchronousOperations == nil)
        proposal.userInformation.asynchronousOperations = .init(invoked: 0, performed: 16)
        let information = try AcceptorPolicy().answer(proposal).userInformation
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
}
