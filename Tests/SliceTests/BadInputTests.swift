import Foundation
import Testing
import TestSupport

@Suite("Bad input", .serialized)
struct BadInputTests {
    @Test("What is odd is kept, answered with a warning, shown, and in nobody's way")
    func flagged() async throws {
        let site = try await Site()
        let outpost = try site.start()
        try await site.listening()
        let script = """
            import sys, pydicom
            from pynetdicom import AE
            from pynetdicom.dimse_primitives import C_STORE
            from pynetdicom.sop_class import CTImageStorage
            source, port = sys.argv[1], int(sys.argv[2])
            ae = AE(ae_title="TEST")
            ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
            ae.add_requested_context(CTImageStorage, "1.2.840.10008.1.2.1")
            def send(data_set):
                association = ae.associate("127.0.0.1", port, ae_title="OUTPOST")
                assert association.is_established
                status = association.send_c_store(data_set)
                association.release()
                print(f"{status.Status:04X}" if status else "none")
            def fresh(suffix=""):
                data_set = pydicom.dcmread(source)
                data_set.SOPInstanceUID += suffix
                data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
                return data_set
            send(fresh())
            send(fresh())
            # Other bytes under the same UID.
            other = fresh(); other.ImageComments = "changed"
            send(other)
            # No study: a warning, and kept apart.
            no_study = fresh(".6"); del no_study.StudyInstanceUID
            send(no_study)
            # More rows than there are pixels: a warning, forwarded, and named as not analysable.
            wrong = fresh(".7"); wrong.Rows = 4000; wrong.Modality = "CR"; wrong.BodyPartExamined = "CHEST"
            send(wrong)
            # Another patient in the same study: the sender cannot know.
            patient = fresh(".8"); patient.PatientID = "SOMEBODY ELSE"
            send(patient)
            """
        let file = try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm")
        let result = try await Subprocess.run([Repository.python, "-c", script, file.path, "\(site.port)"])
            .requireSuccess()
        #expect(result.output.split(separator: "\n") == ["0000", "0000", "0000", "B007", "B007", "0000"])

        let status = try await site.settled(instances: 5)
        #expect(status.counter("instanceReceived") == 5)
        #expect(status.counter("instanceDuplicate") == 1)
        #expect(status.counter("instanceQuarantined") == 2)
        #expect(status.counter("instanceFlagged") == 2)
        let flags = status.studies.flatMap(\.flags)
        #expect(Set(flags.map(\.flag)) == [
            "conflictingBytes", "missingIdentity", "pixelDataLengthDiffers", "patientDiffersInStudy",
        ])
        #expect(flags.allSatisfy { $0.instances == 1 })
        let reasons = status.studies.flatMap(\.notAnalysed).map(\.reason)
        #expect(reasons.contains { $0.contains("pixel data") })
        #expect(reasons.count { $0.contains("quarantine") } == 2)
        // The first, the wrong one and the other patient's; not the two in quarantine.
        #expect(try status.queue("pacs").delivered == 3)
        let text = try await site.run(["status"]).requireSuccess().output
        #expect(text.contains("IN QUARANTINE (1): other bytes were received under the same SOP Instance UID before"))
        #expect(!text.contains("SOMEBODY ELSE"))

        // They wait for a person who names them; whole queues leave them alone.
        let quarantined = try await quarantined(site)
        #expect(quarantined.count == 2)
        #expect(quarantined.contains { $0.lastError.contains("other bytes were received") })
        try await site.run(["queue", "release", "--all"]).requireSuccess()
        try await site.run(["queue", "drop", "--all", "--yes"]).requireSuccess()
        #expect(try await self.quarantined(site) == quarantined)
        try await site.run(["queue", "release", "\(quarantined[0].id)"]).requireSuccess()
        try await site.run(["queue", "drop", "--yes", "\(quarantined[1].id)"]).requireSuccess()
        try await eventually("the object that was let go", within: patience * 3) {
            try await site.status().queue("pacs").delivered == 4
        }
        #expect(try await self.quarantined(site).isEmpty)
        try await outpost.stop()
        try await site.stop()
    }

    private struct Quarantined: Decodable, Equatable {
        var id: Int64
        var lastError: String
    }

    private func quarantined(_ site: Site) async throws -> [Quarantined] {
        let arguments = ["queue", "show", "--destination", "pacs", "--state", "quarantined", "--json"]
        return try await site.run(arguments).requireSuccess().output.split(separator: "\n")
            .map { try JSONDecoder().decode(Quarantined.self, from: Data($0.utf8)) }
    }

    @Test("Thousands of aborted and foreign connections cost no memory, and the next sender is served")
    func flood() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        try await site.listening()
        let script = """
            import socket, sys
            from pynetdicom.pdu import A_ASSOCIATE_RQ
            from pynetdicom.pdu_primitives import (
                A_ASSOCIATE, ImplementationClassUIDNotification, MaximumLengthNotification)
            from pynetdicom.presentation import build_context
            port, count = int(sys.argv[1]), int(sys.argv[2])
            primitive = A_ASSOCIATE()
            primitive.application_context_name = "1.2.840.10008.3.1.1.1"
            primitive.calling_ae_title, primitive.called_ae_title = "FLOOD", "OUTPOST"
            length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
            length.maximum_length_received, implementation.implementation_class_uid = 16384, "1.2.3"
            primitive.user_information = [length, implementation]
            context = build_context("1.2.840.10008.1.1")
            context.context_id = 1
            primitive.presentation_context_definition_list = [context]
            request = A_ASSOCIATE_RQ()
            request.from_primitive(primitive)
            request = request.encode()
            abort = bytes([7, 0, 0, 0, 0, 4, 0, 0, 0, 0])
            kinds = [request + abort, b"GET / HTTP/1.1" + bytes([13, 10, 13, 10]), bytes([1, 0, 255, 255, 255, 255]),
                     bytes([4, 0, 0, 0, 0, 0]), request[:40], b""]
            for number in range(count):
                with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
                    try:
                        connection.sendall(kinds[number % len(kinds)])
                        connection.shutdown(socket.SHUT_WR)
                        while connection.recv(4096): pass
                    except TimeoutError: raise
                    except OSError: pass  # The server was faster in closing.
            """
        func flood(_ count: Int) async throws {
            try await Subprocess.run([Repository.python, "-c", script, "\(site.port)", "\(count)"]).requireSuccess()
        }
        try await flood(600)
        let before = try intake.peakMemoryKiB()
        try await flood(3000)
        let after = try intake.peakMemoryKiB()
        #expect(after - before < 8 * 1024, "\(before) KiB before, \(after) KiB after")
        let file = try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm")
        try await site.send([file]).requireSuccess()
        try await intake.stop()
        try await site.stop()
    }

    @Test("A PACS that takes no images still gets the reports it takes, and what it refuses is shown as refused")
    func refusingPACS() async throws {
        let port = try freePort()
        let site = try await Site(pacsPort: port)
        // storescp takes only what this profile names.
        let profile = site.folder.file("storescp.cfg")
        try """
            [[TransferSyntaxes]]
            [Uncompressed]
            TransferSyntax1 = LocalEndianExplicit
            TransferSyntax2 = LittleEndianImplicit
            [[PresentationContexts]]
            [Reports]
            PresentationContext1 = ComprehensiveSRStorage\\Uncompressed
            PresentationContext2 = VerificationSOPClass\\Uncompressed
            [[Profiles]]
            [Default]
            PresentationContexts = Reports
            """.write(to: profile, atomically: true, encoding: .utf8)
        let received = site.folder.file("received")
        try FileManager.default.createDirectory(at: received, withIntermediateDirectories: true)
        let pacs = try Subprocess([
            "storescp", "-od", received.path, "-xf", profile.path, "Default", "\(port)",
        ])
        let outpost = try site.start()
        try await site.listening()
        try await site.send([try await site.phantom(seed: 51)]).requireSuccess()
        let status = try await site.settled(instances: 1)
        let queue = try status.queue("pacs")
        #expect(queue.delivered == 1)
        #expect(queue.refused == 2)
        #expect(queue.lastError != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: received.path).count == 1)
        try await outpost.stop()
        try await pacs.stop()
        try await site.stop()
    }
}
