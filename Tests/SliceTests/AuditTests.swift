import Foundation
import Records
import Spool
import Testing
import TestSupport

/// The log of custody, written by the whole program and read by others.
@Suite("Custody in the audit log", .serialized)
struct AuditTests {
    @Test("Each step of an object's way, each act of a person and each fault stands in the log, and no patient does")
    func custody() async throws {
        let clinic = try await AuditedClinic()
        var outpost = try clinic.start()
        try await clinic.listening()
        let uid = try await clinic.sendAndAsk()
        try await clinic.delivered()
        try await received(clinic, uid)
        try await analysed(clinic, uid)
        try await delivered(clinic, uid)

        try await people(clinic, uid)
        try await faults(clinic, uid)
        try await outpost.stop()
        #expect(outpost.result.status == 0)
        try await stopped(clinic)

        outpost = try clinic.start()
        try await clinic.listening()
        try await outpost.stop()
        #expect(try clinic.rows(.intake, .objectDamaged).count == 1, "told once, however often it is found")
        #expect(try clinic.rows(.intake, .objectMissing).count == 1)
        try await readByOthers(clinic)
        try await brokenDatabase(clinic)
        try await clinic.stop()
    }

    /// What the modality did: an object, the same once more, other bytes under its UID, and a question.
    private func received(_ clinic: AuditedClinic, _ uid: String) async throws {
        let rows = try clinic.rows(.intake)
        #expect(rows.prefix(3).map { $0["kind"] } == ["auditStarted", "stageStarted", "configurationLoaded"])
        #expect(try await rows[2]["sha256"] == clinic.sha256(of: clinic.configuration))
        let received = try clinic.rows(.intake, .instanceReceived)
        #expect(received.map { $0["sopInstanceUID"] } == [uid, uid])
        #expect(received.map { $0["reason"] } == [nil, "conflictingBytes"])
        let duplicates = try clinic.rows(.intake, .duplicateReceived)
        let duplicate = try #require(duplicates.first)
        #expect(duplicates.count == 1)
        #expect(duplicate["sha256"] == received[0]["sha256"])
        #expect(duplicate["sequence"] == "1")
        #expect(try clinic.rows(.intake, .studyCompleted).first?["studyInstanceUID"] == received[0]["studyInstanceUID"])
        let given = try clinic.rows(.intake, .commitmentGiven)
        #expect(given.map { $0["sopInstanceUID"] } == [uid])
        #expect(given.first?["sha256"] == received[0]["sha256"])
        let refused = try clinic.rows(.intake, .commitmentRefused)
        #expect(refused.map { $0["sopInstanceUID"] } == ["1.2.3.4"])
        // No such object instance (PS3.3 C.14.1.1).
        #expect(refused.first?["code"] == "\(0x0112)")
        for row in received + duplicates + given + refused {
            #expect(row["aeTitle"] == "CT1")
            #expect(row["address"] == "127.0.0.1")
        }
        for row in given + refused { #expect(row["transactionUID"] == "1.2.77") }
    }

    private func analysed(_ clinic: AuditedClinic, _ uid: String) async throws {
        let loaded = try #require(try clinic.rows(.analysis, .modelLoaded).first)
        #expect(loaded["file"] == Site.model.lastPathComponent)
        let digest = try await clinic.sha256(of: Site.model)
        let analysed = try clinic.rows(.analysis, .imageAnalysed)
        #expect(analysed.map { $0["sopInstanceUID"] } == [uid])
        let written = try clinic.rows(.analysis, .resultWritten)
        #expect(written.count == 2)
        for row in [loaded] + analysed + written {
            #expect(row["modelSHA256"] == digest)
            #expect(row["model"]?.isEmpty == false)
            #expect(row["modelVersion"]?.isEmpty == false)
        }
        // The object with other bytes is in quarantine.
        #expect(try clinic.rows(.analysis, .imageNotAnalysed).map { $0["sequence"] } == ["2"])
        let refused = try clinic.rows(.analysis, .modelRefused)
        #expect(refused.map { $0["file"] } == [
            clinic.brokenModel.lastPathComponent, clinic.newerModel.lastPathComponent, "no-such-model.onnx",
        ])
        #expect(refused.map { $0["reason"] } == [
            "the file holds no model that can be run",
            "the model asks for preprocessing that this version does not know", "the file cannot be read",
        ])
        // As much is told of each as its file tells.
        #expect(try await refused[0]["modelSHA256"] == clinic.sha256(of: clinic.brokenModel))
        #expect(refused[0]["model"] == nil)
        #expect(try await refused[1]["modelSHA256"] == clinic.sha256(of: clinic.newerModel))
        #expect(refused[1]["model"] == loaded["model"])
        #expect(refused[1]["modelVersion"] == loaded["modelVersion"])
        #expect(refused[2]["modelSHA256"] == nil)
    }

    private func delivered(_ clinic: AuditedClinic, _ uid: String) async throws {
        let delivered = try clinic.rows(.courier, .objectDelivered)
        #expect(delivered.count == 3)
        #expect(delivered.allSatisfy { $0["destination"] == "pacs" })
        let image = try #require(delivered.first { $0["stage"] == "intake" })
        #expect(image["sopInstanceUID"] == uid)
        #expect(try image["sha256"] == clinic.rows(.intake, .instanceReceived)[0]["sha256"])
        let refused = try clinic.rows(.courier, .objectRefused)
        #expect(refused.map { $0["sopInstanceUID"] } == [uid])
        #expect(refused.first?["destination"] == "refusing")
    }

    /// What a technician does behind sudo, with the appliance running.
    private func people(_ clinic: AuditedClinic, _ uid: String) async throws {
        try await clinic.asTechnician(["queue", "hold", "--destination", "pacs"])
        try await clinic.asTechnician(["queue", "release", "--destination", "pacs"])
        try await clinic.asTechnician(["queue", "retry", "--destination", "refusing", "--state", "refused"])
        try await eventually("another refusal", within: patience * 3) {
            try clinic.rows(.courier, .objectRefused).count == 2
        }
        try await clinic.asTechnician(["queue", "drop", "--destination", "refusing", "--all", "--yes"])
        for kind in [AuditEvent.Kind.queueHeld, .queueReleased, .queueRetried, .queueDropped] {
            try await clinic.expectOneOfTechnician(.courier, kind)
        }
        let exported = clinic.folder.file("\(AuditedClinic.patientName).dcm")
        try await clinic.asTechnician(["spool", "export", uid, exported.path])
        let row = try await clinic.expectOneOfTechnician(.intake, .objectExported)
        #expect(row["sopInstanceUID"] == uid)
        #expect(try row["sha256"] == clinic.rows(.intake, .instanceReceived)[0]["sha256"])
        // What cannot be written is not exported.
        try await clinic.asTechnician(["spool", "export", uid, exported.path], succeeds: false)
        #expect(try clinic.rows(.intake, .objectExported).count == 1)
    }

    private func faults(_ clinic: AuditedClinic, _ uid: String) async throws {
        let intake = try #require(try IntakeReader(folder: clinic.folder(.intake)))
        let damaged = URL(fileURLWithPath: try intake.instances.locate(1).path)
        var bytes = try Data(contentsOf: damaged)
        bytes[1000] ^= 1
        try bytes.write(to: damaged)
        let missing = try intake.instances.locate(2).path
        try FileManager.default.removeItem(atPath: missing)
        // The second who looks finds nothing new.
        for _ in 1...2 { try await clinic.asTechnician(["spool", "verify"], succeeds: false) }
        let damage = try await clinic.expectOneOfTechnician(.intake, .objectDamaged)
        #expect(damage["sequence"] == "1")
        #expect(damage["file"] == damaged.lastPathComponent)
        let loss = try await clinic.expectOneOfTechnician(.intake, .objectMissing)
        #expect(loss["sequence"] == "2")
        #expect(loss["sopInstanceUID"] == uid)
    }

    /// What a technician does while nothing runs.
    private func stopped(_ clinic: AuditedClinic) async throws {
        for stage in [Stage.intake, .analysis, .courier] {
            let last = try #require(try clinic.rows(stage).last)
            #expect(last["kind"] == "stageStopped")
            #expect(last["stage"] == stage.rawValue)
        }
        let analysis = try #require(try AnalysisReader(folder: clinic.folder(.analysis)))
        let result = try #require(try analysis.instances.instances(after: 0, limit: 1).first)
        let file = clinic.folder.file("result.dcm").path
        try await clinic.asTechnician(["spool", "export", result.sopInstanceUID.value, file])
        let exported = try await clinic.expectOneOfTechnician(.analysis, .objectExported)
        #expect(exported["sopInstanceUID"] == result.sopInstanceUID.value)
        // Two objects are lost, which is no success.
        try await clinic.asTechnician(["spool", "rebuild", "--stage", "intake"], succeeds: false)
        try await clinic.expectOneOfTechnician(.intake, .indexRebuilt)
        try await clinic.asTechnician(["clock", "reset"])
        try await clinic.expectOneOfTechnician(.intake, .clockFloorReset)
    }

    /// The log cannot be older than the database that it stands in, and says so.
    private func brokenDatabase(_ clinic: AuditedClinic) async throws {
        let database = URL(fileURLWithPath: "\(clinic.folder(.courier))/stage.sqlite")
        var bytes = try Data(contentsOf: database)
        bytes.replaceSubrange(0..<100, with: Data(count: 100))
        try bytes.write(to: database)
        let courier = try clinic.start("courier")
        try await eventually("a new log", within: patience * 3) { (try? clinic.rows(.courier).isEmpty) == false }
        try await courier.stop()
        let rows = try clinic.rows(.courier)
        #expect(rows.prefix(4).map { $0["kind"] } == [
            "auditStarted", "stageStarted", "databaseSetAside", "configurationLoaded",
        ])
        #expect(rows[2]["file"] == "stage.sqlite.broken-1")
        #expect(FileManager.default.fileExists(atPath: "\(clinic.folder(.courier))/stage.sqlite.broken-1"))
    }

    private func readByOthers(_ clinic: AuditedClinic) async throws {
        try await clinic.run(["audit", "verify"]).requireSuccess()
        let file = clinic.folder.file("audit.jsonl").path
        try await clinic.run(["audit", "export", "--output", file]).requireSuccess()
        let script = Repository.root.appendingPathComponent("provisioning/audit/verify_audit.py").path
        try await Subprocess.run([Repository.python, script, file]).requireSuccess()
        let log = try String(contentsOfFile: file, encoding: .utf8)
        for words in AuditedClinic.patientValues { #expect(!log.contains(words), "\(words)") }
        // The objects themselves hold them all.
        let objects = try AuditedClinic.patientValues.filter { words in
            try clinic.holds(words)
        }
        #expect(objects == AuditedClinic.patientValues)
    }
}
