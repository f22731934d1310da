import DICOM
import Foundation
import Testing
import TestSupport

@Suite("The whole path", .serialized)
struct PathTests {
    @Test("An image comes in; image, report and picture reach the PACS and the hub; the file comes back byte for byte")
    func wholePath() async throws {
        let site = try await Site()
        let outpost = try site.start()
        try await site.listening()
        let chest = try await site.phantom(seed: 11)
        let files = try await Repository.pydicomFiles()
        let computedTomography = files.appendingPathComponent("CT_small.dcm")
        try await site.send([chest, computedTomography]).requireSuccess()

        let status = try await site.settled(instances: 2)
        let analysed = try #require(status.studies.first { $0.analysed == 1 })
        #expect(analysed.findings.count == 1)
        #expect(analysed.findings[0].intendedUse.contains("not for clinical use"))
        let skipped = try #require(status.studies.first { $0.analysed == 0 })
        #expect(skipped.notAnalysed.map(\.reason) == ["no model is configured for modality CT"])
        #expect(status.counter("instanceReceived") == 2)
        for destination in ["pacs", "hub"] { #expect(try status.queue(destination).delivered == 4) }
        for archive in [site.pacs, site.hub] {
            let modalities = try await site.modalities(in: archive)
            #expect(modalities.sorted() == ["CT", "DX", "OT", "SR"])
        }

        // The phantom's file is as storescu sends it; of the CT's, storescu itself leaves the trailing padding out.
        let sent = try Part10.split(Array(try Data(contentsOf: chest))[...])
        let uid = try #require(sent.meta.uid(.mediaStorageSOPInstanceUID))
        let exported = site.folder.file("exported.dcm")
        try await site.run(["spool", "export", uid.value, exported.path]).requireSuccess()
        let returned = try Part10.split(Array(try Data(contentsOf: exported))[...])
        #expect(returned.dataSet.elementsEqual(sent.dataSet), "the data set differs from what was sent")
        #expect(returned.transferSyntax == sent.transferSyntax)

        let again = try await site.run(["spool", "export", uid.value, exported.path])
        #expect(again.status != 0, "an existing file is never overwritten")
        try await outpost.stop()
        #expect(outpost.result.status == 0)
        try await site.stop()
    }

    @Test("A late image opens its study again; the first image's results are not made twice")
    func lateInstance() async throws {
        let site = try await Site()
        let outpost = try site.start()
        try await site.listening()
        let study = site.folder.file("study")
        let script = Repository.root.appendingPathComponent("provisioning/models/chest-nodule/phantom.py").path
        try await Subprocess.run([
            Repository.python, script, "--seed", "21", "--study", "2", "--rows", "256", "--columns", "256", "--out",
            study.path,
        ]).requireSuccess()
        try await site.send([study.appendingPathComponent("001.dcm")]).requireSuccess()
        _ = try await site.settled(instances: 1)
        try await site.send([study.appendingPathComponent("002.dcm")]).requireSuccess()
        let status = try await site.settled(instances: 2)
        #expect(status.studies.count == 1)
        #expect(status.studies.first?.analysed == 2)
        #expect(try status.queue("pacs").delivered == 6)
        try await outpost.stop()
        try await site.stop()
    }
}

extension Site {
    /// The Modality of every series that an archive holds.
    func modalities(in archive: PeerProgram) async throws -> [String] {
        struct Series: Decodable {
            struct Tags: Decodable { var Modality: String? }
            var MainDicomTags: Tags
        }
        let data = try await archive.rest("/series?expand")
        return try JSONDecoder().decode([Series].self, from: data).compactMap(\.MainDicomTags.Modality)
    }

    func stop() async throws {
        try await pacs.stop()
        try await hub.stop()
    }
}
