import Foundation
import Testing
import TestSupport

/// What a technician asks of the box as a whole, of the real program beside real peers.
@Suite("Self-test and support bundle", .serialized)
struct SupportTests {
    @Test("A support bundle of a box that worked tells of its work, and of no patient")
    func bundle() async throws {
        let clinic = try await AuditedClinic()
        let outpost = try clinic.start()
        try await clinic.listening()
        let uid = try await clinic.sendAndAsk()
        try await clinic.delivered()
        // The log as the journal would have it; with a line that should never have been written.
        let lines = outpost.errors.split(separator: "\n").map(String.init) + ["Sentinel^Patient was here"]
        let journal = try lines.map { line in
            try JSONSerialization.data(withJSONObject: [
                "MESSAGE": line, "_SYSTEMD_UNIT": "outpost-intake.service", "_PID": "77",
            ]) + [0x0A]
        }
        let journalFile = clinic.folder.file("journal.json")
        try Data(journal.joined()).write(to: journalFile)
        let file = clinic.folder.file("bundle.tar.gz")
        let arguments = ["support-bundle", file.path, "--journal", journalFile.path]
        try await clinic.run(arguments).requireSuccess()
        // Nobody's file is overwritten.
        #expect(try await clinic.run(arguments).status == 1)
        try await outpost.stop()
        try await clinic.stop()

        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let left = try FileManager.default.contentsOfDirectory(atPath: clinic.folder.path)
        #expect(!left.contains { $0.hasPrefix(".outpost-support") })
        let unpacked = clinic.folder.file("unpacked")
        try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
        try await Subprocess.run(["tar", "-xzf", file.path, "-C", unpacked.path]).requireSuccess()
        let folder = unpacked.appendingPathComponent("outpost-support")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == [
            "README.txt", "box.json", "configuration.txt", "journal.jsonl", "journal.txt", "selftest.json",
            "status.json", "units.txt",
        ])
        var texts: [String: String] = [:]
        for name in names {
            texts[name] = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        try tellsOfNoPatient(texts, clinic, uid, images: [clinic.folder.file("image.dcm")])
        tellsOfTheBox(texts)
    }

    private func tellsOfNoPatient(
        _ texts: [String: String], _ clinic: AuditedClinic, _ uid: String, images: [URL]
    ) throws {
        var secrets = AuditedClinic.patientValues + ["Sentinel", uid, "1.2.77", "Nodule", "technician"]
        let received = try clinic.rows(.intake, .instanceReceived)
        secrets += received.compactMap { $0["studyInstanceUID"] } + received.compactMap { $0["sha256"] }
        // Other words of the image: its own dates and the names of things in it.
        let image = try Data(contentsOf: try #require(images.first))
        for word in ["20250310", "Outpost demonstration"] {
            #expect(image.range(of: Data(word.utf8)) != nil, "the image does not hold \(word)")
            secrets.append(word)
        }
        let pixels = image.suffix(4096)
        for (name, text) in texts {
            for secret in secrets { #expect(!text.contains(secret), "\(name) holds \(secret)") }
            #expect(Data(text.utf8).range(of: pixels.prefix(16)) == nil, "\(name)")
        }
    }

    private func tellsOfTheBox(_ texts: [String: String]) {
        let expected = [
            ("journal.jsonl", "intake instanceReceived"), ("journal.jsonl", "analysis imageAnalysed"),
            ("journal.jsonl", "id-"), ("journal.txt", "withheld"), ("status.json", "\"auditHeads\""),
            ("status.json", "\"instanceDuplicate\" : 1"), ("status.json", "\"destination\" : \"refusing\""),
            ("box.json", "\"MemTotal\""), ("box.json", "chest-nodule"), ("box.json", "\"problem\""),
            ("configuration.txt", "destinations[1].name = pacs"), ("selftest.json", "\"verdict\""),
        ]
        for (name, words) in expected { #expect(texts[name]?.contains(words) == true, "\(name): \(words)") }
    }

    @Test("The self-test succeeds before the units run, beside them, and while a destination is away")
    func selfTest() async throws {
        let site = try await Site()
        // On a box the partition is there before anything else.
        try FileManager.default.createDirectory(at: site.folder.file("data"), withIntermediateDirectories: true)
        let before = try await site.run(["selftest", "--language", "en"]).requireSuccess()
        #expect(before.output.contains("Nothing is kept yet."))
        #expect(before.output.contains("Port \(site.port) is free"))
        for name in ["pacs", "hub"] { #expect(before.output.contains("network: ok: \(name) answers.")) }
        #expect(before.output.contains("chest-nodule.onnx computes exactly what it should (2 known cases)."))
        #expect(try await site.run(["selftest", "--units-must-run"]).status == 1)

        let outpost = try site.start()
        try await site.listening()
        let image = try await site.phantom(seed: 3)
        try await site.send([image]).requireSuccess()
        _ = try await site.settled(instances: 1)
        let beside = try await site.run(["selftest", "--units-must-run"]).requireSuccess()
        // The station speaks Ukrainian.
        #expect(beside.output.contains("Порт \(site.port) відкритий для зображень."))
        #expect(beside.output.contains("intake: база даних ціла"))
        try await site.hub.stop()
        let away = try await site.run(["selftest", "--json", "--units-must-run"]).requireSuccess()
        #expect(away.output.contains("\"verdict\" : \"attention\""))
        try await outpost.stop()
        try await site.pacs.stop()
    }
}
