import Foundation
import Records
import Spool
import Testing
import TestSupport

/// All stages, a modality that sends an image of a named patient, a PACS, and a destination that takes nothing.
final class AuditedClinic: Sendable {
    static let patientName = "Sentinel^Patient"
    /// Of the image: what must not get into any log.
    static let patientValues = [patientName, "SECRET-4711", "19440606", "ACC-SENTINEL", "Sentinel comment"]

    let folder: TemporaryFolder
    let configuration: URL
    let brokenModel: URL
    /// One whole but for the preprocessing that it asks for.
    let newerModel: URL
    private let port: Int
    private let pacs: Subprocess
    private let refusing: Subprocess

    init() async throws {
        folder = try TemporaryFolder()
        port = try freePort()
        let (pacsPort, refusingPort) = (try freePort(), try freePort())
        let received = folder.file("received")
        try FileManager.default.createDirectory(at: received, withIntermediateDirectories: true)
        pacs = try Subprocess(["storescp", "-od", received.path, "\(pacsPort)"])
        refusing = try Subprocess.refusingPACS(in: folder, port: refusingPort)
        brokenModel = folder.file("broken-model.onnx")
        try "no model at all".write(to: brokenModel, atomically: true, encoding: .utf8)
        newerModel = folder.file("newer-model.onnx")
        var bytes = try Data(contentsOf: Site.model)
        let preprocessing = try #require(bytes.range(of: Data("letterbox-percentile-1".utf8)))
        bytes.replaceSubrange(preprocessing, with: Data("letterbox-percentile-9".utf8))
        try bytes.write(to: newerModel)
        configuration = folder.file("outpost.yaml")
        try """
            station: {name: OUTPOST-AUDIT, language: uk}
            data_folder: \(folder.file("data").path)
            intake: {ae_title: OUTPOST, address: 127.0.0.1, port: \(port), study_quiet_seconds: 1}
            analysis:
              models:
                - {file: \(Site.model.path), modalities: [DX], body_parts: [CHEST]}
                - {file: \(brokenModel.path), modalities: [MR], body_parts: [HEAD]}
                - {file: \(newerModel.path), modalities: [MR], body_parts: [KNEE]}
                - {file: \(folder.file("no-such-model.onnx").path), modalities: [CT], body_parts: [HEAD]}
            destinations:
              - {name: pacs, kind: dicom, host: 127.0.0.1, port: \(pacsPort), ae_title: PACS,
                 send: [results, images], retry_minimum_seconds: 1, retry_maximum_seconds: 2}
              - {name: refusing, kind: dicom, host: 127.0.0.1, port: \(refusingPort), ae_title: NOTHING,
                 send: [images], retry_minimum_seconds: 1, retry_maximum_seconds: 2}
            """.write(to: configuration, atomically: true, encoding: .utf8)
        for port in [pacsPort, refusingPort] {
            try await eventually("an answer of storescp") {
                try await Subprocess.run(["echoscu", "127.0.0.1", "\(port)"]).status == 0
            }
        }
    }

    func start(_ unit: String = "run") throws -> Subprocess {
        try Subprocess([Site.program, unit, "--config", configuration.path])
    }

    func stop() async throws {
        try await pacs.stop()
        try await refusing.stop()
    }

    func listening() async throws {
        try await eventually("an answer to C-ECHO") {
            try await Subprocess.run(["echoscu", "-aec", "OUTPOST", "127.0.0.1", "\(port)"]).status == 0
        }
    }

    /// Until both destinations have answered for the image, and the PACS has the results.
    func delivered() async throws {
        try await eventually("the delivery of everything", within: patience * 3) {
            guard try await run(["status"]).status == 0 else { return false }
            return try rows(.courier, .objectDelivered).count == 3 && rows(.courier, .objectRefused).count == 1
        }
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Subprocess.Result {
        try await Subprocess.run(
            [Site.program] + arguments + ["--config", configuration.path], environment: environment)
    }

    /// Runs a command as sudo would for the technician.
    func asTechnician(_ arguments: [String], succeeds: Bool = true) async throws {
        let result = try await run(arguments, environment: ["SUDO_USER": "technician"])
        #expect((result.status == 0) == succeeds, "\(arguments): \(result.text)")
    }

    func folder(_ stage: Stage) -> String { StageFiles.folder(stage, in: folder.file("data").path) }

    func rows(_ stage: Stage) throws -> [AuditedRow] { try AuditedRow.all(of: stage, in: folder(stage)) }

    func rows(_ stage: Stage, _ kind: AuditEvent.Kind) throws -> [AuditedRow] {
        try AuditedRow.all(kind, of: stage, in: folder(stage))
    }

    /// The one row of its kind, which names the account and whom sudo ran it for.
    @discardableResult
    func expectOneOfTechnician(_ stage: Stage, _ kind: AuditEvent.Kind) async throws -> AuditedRow {
        let rows = try rows(stage, kind)
        #expect(rows.count == 1, "\(kind)")
        let account = try await Subprocess.run(["id", "-un"]).requireSuccess().output
        let row = try #require(rows.first)
        #expect(row["account"] == account.trimmingCharacters(in: .whitespacesAndNewlines), "\(kind)")
        #expect(row["sudoUser"] == "technician", "\(kind)")
        return row
    }

    /// As coreutils sees it.
    func sha256(of file: URL) async throws -> String {
        String(try await Subprocess.run(["sha256sum", file.path]).requireSuccess().output.prefix(64))
    }

    /// Whether some file that the appliance keeps holds these words.
    func holds(_ words: String) throws -> Bool {
        let instances = "\(folder(.analysis))/instances"
        return try FileManager.default.subpathsOfDirectory(atPath: instances).contains { path in
            guard let bytes = FileManager.default.contents(atPath: "\(instances)/\(path)") else { return false }
            return bytes.range(of: Data(words.utf8)) != nil
        }
    }

    /// Sends an image of the patient, the same once more, and other bytes under its UID; then asks for storage
    /// commitment to it and to an object that was never sent.
    ///
    /// - Returns: the image's SOP Instance UID.
    func sendAndAsk() async throws -> String {
        let phantom = Repository.root.appendingPathComponent("provisioning/models/chest-nodule/phantom.py").path
        let file = folder.file("image.dcm").path
        try await Subprocess.run([
            Repository.python, phantom, "--seed", "61", "--nodule", "--rows", "256", "--columns", "256", "--out", file,
        ]).requireSuccess()
        let script = """
            import sys, threading, pydicom
            from pynetdicom import AE, evt
            from pynetdicom.sop_class import StorageCommitmentPushModel
            from pydicom.dataset import Dataset
            source, port, values = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
            image = pydicom.dcmread(source)
            (image.PatientName, image.PatientID, image.PatientBirthDate, image.AccessionNumber,
             image.StudyDescription) = values
            ae = AE(ae_title="CT1")
            ae.add_requested_context(image.SOPClassUID, image.file_meta.TransferSyntaxUID)
            ae.add_requested_context(StorageCommitmentPushModel)
            reported = threading.Event()
            def report(event):
                reported.set()
                return 0x0000, None
            association = ae.associate(
                "127.0.0.1", port, ae_title="OUTPOST", evt_handlers=[(evt.EVT_N_EVENT_REPORT, report)])
            assert association.is_established
            for comments in ["", "", "changed"]:
                image.ImageComments = comments
                assert association.send_c_store(image).Status == 0
            request = Dataset()
            request.TransactionUID, request.ReferencedSOPSequence = "1.2.77", []
            for uid in [image.SOPInstanceUID, "1.2.3.4"]:
                item = Dataset()
                item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, uid
                request.ReferencedSOPSequence.append(item)
            status, _ = association.send_n_action(request, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
            assert status.Status == 0, status
            assert reported.wait(50)
            association.release()
            print(image.SOPInstanceUID)
            """
        let result = try await Subprocess.run(
            [Repository.python, "-c", script, file, "\(port)"] + Self.patientValues).requireSuccess()
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
