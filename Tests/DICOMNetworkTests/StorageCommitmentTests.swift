import DICOM
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// Storage commitment as its provider (PS3.4 annex J), on the association that asks; pynetdicom asks.
@Suite struct StorageCommitmentTests {
    private static let script = """
        import sys, threading, pydicom
        from pynetdicom import AE, evt, build_role
        from pynetdicom.sop_class import StorageCommitmentPushModel, CTImageStorage
        from pydicom.dataset import Dataset
        port, path, action = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
        reported, done = threading.Event(), threading.Event()
        def say(*words):
            # In one piece: two threads say something.
            sys.stdout.write(" ".join(map(str, words)) + "\\n")
        def report(event):
            information = event.event_information
            say("event", event.event_type, information.TransactionUID)
            for item in information.get("ReferencedSOPSequence", []): say("committed", item.ReferencedSOPInstanceUID)
            for item in information.get("FailedSOPSequence", []):
                say("failed", item.ReferencedSOPInstanceUID, "%04X" % item.FailureReason)
            reported.set()
            return 0x0000, None
        # Only then may the association be released: the answer goes out after the handler.
        def sent(event):
            if reported.is_set() and type(event.pdu).__name__ == "P_DATA_TF": done.set()
        ae = AE(ae_title="MODALITY")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
        ae.add_requested_context(StorageCommitmentPushModel)
        ae.add_requested_context(CTImageStorage, "1.2.840.10008.1.2.1")
        handlers = [(evt.EVT_N_EVENT_REPORT, report), (evt.EVT_PDU_SENT, sent)]
        association = ae.associate("127.0.0.1", port, ae_title="OUTPOST", evt_handlers=handlers)
        assert association.is_established
        image = pydicom.dcmread(path)
        say("store %04X" % association.send_c_store(image).Status)
        def reference(instance):
            item = Dataset()
            item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, instance
            return item
        request = Dataset()
        request.TransactionUID = "1.2.3.4.5"
        request.ReferencedSOPSequence = [reference(image.SOPInstanceUID), reference("1.2.3.9")]
        status, _ = association.send_n_action(
            request, action, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
        say("action %04X" % status.Status)
        if status.Status == 0: assert done.wait(30)
        association.release()
        """

    @Test func answersFromWhatIsStoredAndFailsTheRest() async throws {
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run(
            policy: AcceptorPolicy(offersStorageCommitment: true, takesCommitmentReports: true), reports: KeptReports()
        ) { server in
            let result = try await Subprocess.run([
                Repository.python, "-c", Self.script, "\(server.port)", file.path, "1",
            ]).requireSuccess()
            #expect(result.output.split(separator: "\n").sorted() == [
                "action 0000", "committed \(file.sopInstanceUID)", "event 2 1.2.3.4.5", "failed 1.2.3.9 0112",
                "store 0000",
            ])
            try await eventually("the response to the report") { server.receiver.reported == [.success] }
        }
    }

    @Test func refusesAnotherAction() async throws {
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run(policy: AcceptorPolicy(offersStorageCommitment: true)) { server in
            let result = try await Subprocess.run([
                Repository.python, "-c", Self.script, "\(server.port)", file.path, "2",
            ]).requireSuccess()
            #expect(result.output.contains("action 0123"), "\(result.output)")
        }
    }

    @Test func isNotAcceptedWhereItIsNotOffered() throws {
        let request = AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "CT1",
            presentationContexts: [
                .init(
                    id: 1, abstractSyntax: SOPClass.storageCommitmentPushModel,
                    transferSyntaxes: [.implicitVRLittleEndian])
            ], userInformation: UserInformation(maximumLength: 0))
        let accept = try AcceptorPolicy().answer(request, from: "127.0.0.1")
        #expect(accept.presentationContexts.map(\.result) == [.abstractSyntaxNotSupported])
    }

    @Test(arguments: [DICOM.Tag.transactionUID, .referencedSOPSequence])
    func namesWhatIsMissing(_ tag: DICOM.Tag) {
        var dataSet = DataSet()
        dataSet.set(.transactionUID, UID(known: "1.2.3"))
        dataSet.set(.referencedSOPSequence, items: [
            ReferencedInstance(sopClassUID: UID(known: "1.2"), sopInstanceUID: UID(known: "1.3")).item
        ])
        let command = Command.storageCommitmentRequest(messageID: 1)
        #expect(throws: Never.self) { try StorageCommitmentRequest(dataSet, of: command) }
        dataSet[tag] = nil
        #expect(throws: StorageCommitmentError.missing(tag)) { try StorageCommitmentRequest(dataSet, of: command) }
    }
}
