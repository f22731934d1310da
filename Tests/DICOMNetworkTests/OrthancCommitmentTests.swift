import DICOM
import Foundation
import TestSupport
import Testing

@testable import DICOMNetwork

/// Debian's Orthanc as the PACS: it accepts at once, looks up later, and reports on an association of its own.
@Suite struct OrthancCommitmentTests {
    @Test func commitsToWhatItHasAndFailsWhatItHasNot() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let stored = ReferencedInstance(sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID)
        let unknown = ReferencedInstance(sopClassUID: file.sopClassUID, sopInstanceUID: UID(known: "1.2.3.4"))
        let request = StorageCommitmentRequest(
            transactionUID: UID(known: "2.25.815"), references: [stored, unknown])
        let folder = try TemporaryFolder()
        let kept = KeptReports()
        let policy = AcceptorPolicy(
            calledAETitle: "OUTPOST", offersStorageCommitment: true, takesCommitmentReports: true)
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let orthanc = try await PeerProgram(
                "orthanc", folder: folder.file("pacs"), ["--ae-title", "PACS", "--peer", "OUTPOST:\(server.port)"])
            let peer = RemoteApplicationEntity(
                host: "127.0.0.1", port: try #require(orthanc.ready.dicomPort), calledAETitle: "PACS",
                callingAETitle: "OUTPOST")
            let client = StorageClient()
            let status = try await client.withAssociation(
                to: peer, contexts: ClientInteroperationTests.contexts(file)
            ) { association throws(AssociationError) in
                try await association.store(
                    sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
                    transferSyntax: file.transferSyntax, dataSet: file.dataSet)
            }
            #expect(status == .success)

            let outcome = await client.commitment(request, of: peer, reportWait: .zero)
            #expect(outcome == .success(.outstanding))
            try await eventually("the report of Orthanc") { !kept.all.isEmpty }
            #expect(kept.all.count == 1)
            #expect(kept.all.first?.transactionUID == request.transactionUID)
            #expect(kept.all.first?.verdicts == [stored: .committed, unknown: .failed(.noSuchObjectInstance)])
            try await orthanc.stop()
        }
        _ = folder
    }

    /// It knows no modality of that name, so it has nobody to report to, and aborts.
    @Test func takesNoRequestOfWhomItDoesNotKnow() async throws {
        let folder = try TemporaryFolder()
        let orthanc = try await PeerProgram.orthanc(folder.file("pacs"))
        let peer = RemoteApplicationEntity(
            host: "127.0.0.1", port: try #require(orthanc.ready.dicomPort), calledAETitle: "PACS",
            callingAETitle: "OUTPOST")
        let kept = KeptReports()
        let outcome = await StorageClient().commitment(
            Commitment.request(1), of: peer, reportWait: .zero, reports: kept)
        guard case .failure(.association(.aborted)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(kept.all.isEmpty)
        try await orthanc.stop()
        _ = folder
    }
}
