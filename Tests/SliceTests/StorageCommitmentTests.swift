import Foundation
import Testing
import TestSupport

/// Storage commitment and TLS through the whole program, with Orthanc as the modality that asks.
@Suite("Storage commitment", .serialized)
struct StorageCommitmentTests {
    /// Of Orthanc's `/storage-commitment/{id}`.
    private struct Report: Decodable {
        struct Failure: Decodable {
            var SOPInstanceUID: String
            var FailureReason: Int
        }
        var Status: String
        var Success: [[String: String]]?
        var Failures: [Failure]?
    }

    @Test("Orthanc asks and gets its report on another association, also when it was away in between")
    func onAnotherAssociation() async throws {
        let folder = try TemporaryFolder()
        let port = try freePort()
        // The modality knows Outpost, and Outpost the modality.
        let modality = try await PeerProgram(
            "orthanc", folder: folder.file("modality"), ["--ae-title", "MODALITY", "--peer", "OUTPOST:\(port)"])
        let dicomPort = try #require(modality.ready.dicomPort)
        let site = try await Site(
            intake: ", storage_commitment_peers: [{ae_title: MODALITY, host: 127.0.0.1, port: \(dicomPort)}]",
            port: port)
        let outpost = try site.start()
        try await site.listening()

        let file = try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm")
        try await Subprocess.run(["storescu", "127.0.0.1", "\(dicomPort)", file.path]).requireSuccess()
        let identifiers = try JSONDecoder().decode([String].self, from: await modality.rest("/instances"))
        let identifier = try #require(identifiers.first)
        _ = try await modality.rest("/modalities/OUTPOST/store", post: identifier)

        struct Transaction: Decodable { var ID: String }
        let request = """
            {"DicomInstances": [
              {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
               "SOPInstanceUID": "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"},
              {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "SOPInstanceUID": "1.2.3.4"}]}
            """
        let answer = try await modality.rest("/modalities/OUTPOST/storage-commitment", post: request)
        let transaction = try JSONDecoder().decode(Transaction.self, from: answer).ID
        nonisolated(unsafe) var last: Report?
        try await eventually("the report of the storage commitment") {
            let report = try JSONDecoder().decode(
                Report.self, from: await modality.rest("/storage-commitment/\(transaction)"))
            last = report
            return report.Status != "Pending"
        }
        let report = try #require(last)
        #expect(report.Status == "Failure")
        #expect(report.Success?.map { $0["SOPInstanceUID"] } == [
            "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"
        ])
        #expect(report.Failures?.map(\.SOPInstanceUID) == ["1.2.3.4"])
        // No such object instance (PS3.4 J.3.3).
        #expect(report.Failures?.map(\.FailureReason) == [0x0112])
        #expect(try await site.status().counter("commitmentReported") == 1)
        try await outpost.stop()
        try await modality.stop()
        try await site.stop()
    }

    @Test("A report that cannot be handed over outlives a restart and is sent when the peer is back")
    func peerAway() async throws {
        let peerPort = try freePort()
        let site = try await Site(
            intake: ", storage_commitment_peers: [{ae_title: CT1, host: 127.0.0.1, port: \(peerPort)}]")
        let script = """
            import sys, threading
            from pynetdicom import AE, evt
            from pynetdicom.sop_class import StorageCommitmentPushModel
            from pydicom.dataset import Dataset
            mode, port = sys.argv[1], int(sys.argv[2])
            if mode == "ask":
                ae = AE(ae_title="CT1")
                ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
                ae.add_requested_context(StorageCommitmentPushModel)
                association = ae.associate("127.0.0.1", port, ae_title="OUTPOST")
                item = Dataset()
                item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3"
                request = Dataset()
                request.TransactionUID, request.ReferencedSOPSequence = "1.2.77", [item]
                status, _ = association.send_n_action(
                    request, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
                print("%04X" % status.Status)
                association.release()
            else:
                done = threading.Event()
                def report(event):
                    print(event.event_type, event.event_information.TransactionUID, event.assoc.requestor.ae_title)
                    done.set()
                    return 0x0000, None
                ae = AE(ae_title="CT1")
                ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
                ae.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
                handlers = [(evt.EVT_N_EVENT_REPORT, report)]
                server = ae.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers)
                assert done.wait(50)
                server.shutdown()
            """
        var outpost = try site.start("intake")
        try await site.listening()
        let asked = try await Subprocess.run([Repository.python, "-c", script, "ask", "\(site.port)"]).requireSuccess()
        #expect(asked.output == "0000\n")
        outpost.send(SIGKILL)
        try await eventually("the end of intake") { !outpost.isRunning }
        outpost = try site.start("intake")
        let heard = try await Subprocess.run([Repository.python, "-c", script, "listen", "\(peerPort)"])
            .requireSuccess()
        #expect(heard.output == "2 1.2.77 OUTPOST\n")
        try await outpost.stop()
        try await site.stop()
    }

    @Test("What the PACS was sent is committed once it says so, by a report on a connection that it opens")
    func asUser() async throws {
        let site = try await Site(commits: true)
        let outpost = try site.start()
        try await site.listening()
        try await site.send([try await site.phantom(seed: 51)]).requireSuccess()
        nonisolated(unsafe) var last: SiteStatus?
        try await eventually("the commitment of image and results", within: patience * 2) {
            let status = try await site.status()
            last = status
            return try status.queue("pacs").committed == 3
        }
        #expect(try #require(last).queue("pacs").delivered == 0)
        let log = try await site.run(["audit", "export", "--stage", "courier"]).requireSuccess()
        #expect(log.output.split(separator: "\n").count { $0.contains("objectCommitted") } == 3)
        #expect(try await site.run(["audit", "verify"]).status == 0)
        try await outpost.stop()
        try await site.stop()
    }

    @Test("With the plain port switched off, a modality sends over TLS")
    func tlsOnly() async throws {
        let tlsPort = try freePort()
        let folder = try TemporaryFolder()
        try await PeerProgram.makeCertificates(in: folder)
        let site = try await Site(
            intake: """
                , tls: {port: \(tlsPort), certificate: \(folder.path)/server.pem, key: \(folder.path)/server.key,
                        client_authority: \(folder.path)/ca.pem}
                """,
            port: 0)
        let outpost = try site.start()
        let file = try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm")
        try await eventually("a successful C-STORE over TLS") {
            try await Subprocess.run([
                "storescu", "+tls", folder.file("client.key").path, folder.file("client.pem").path, "+cf",
                folder.file("ca.pem").path, "-aec", "OUTPOST", "127.0.0.1", "\(tlsPort)", file.path,
            ]).status == 0
        }
        #expect(try await site.settled(instances: 1).counter("instanceReceived") == 1)
        try await outpost.stop()
        try await site.stop()
    }
}
