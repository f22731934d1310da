import DICOM
import Foundation
import Records
import Spool
import Testing
import TestSupport

@Suite("Disk full", .serialized, .enabled(if: SmallDisk.isPossible, "this machine gives no mount namespace"))
struct DiskFullTests {
    @Test("A full disk is answered A700, loses nothing, and has room again once the PACS has what waited")
    func refusesAndRecovers() async throws {
        let clinic = try await FullClinic(refuseBelowPercent: 40, releaseBelowPercent: 60)
        let program = try await clinic.start()
        let accepted = try await clinic.fill()
        try await eventually("a status that says that the disk is full", within: patience * 3) {
            try await clinic.run(["status"]).requireSuccess().output
                .contains("FULL: modalities are told to come back later")
        }
        try await clinic.compare(accepted)

        let pacs = try await clinic.pacsComesUp()
        let another = try await clinic.sendAgainUntilTaken()
        for file in accepted + [another] { try await clinic.waitFor(file, in: pacs) }
        try await eventually("a status without alarm", within: patience * 3) {
            try await !clinic.run(["status"]).requireSuccess().output.contains("FULL")
        }
        #expect(program.isRunning)
        try await program.stop()
        try await clinic.stop()
        try await pacs.stop()
    }

    @Test("An object that outgrows the last free byte is answered A700; what had success is whole, now and later")
    func noRoomInEarnest() async throws {
        let clinic = try await FullClinic(refuseBelowPercent: 1, releaseBelowPercent: 60)
        let program = try await clinic.start()
        let accepted = try await clinic.fill()
        try await clinic.compare(accepted)
        #expect(program.isRunning)
        try await program.stop()
        try await clinic.compare(accepted)
        try await clinic.stop()
    }
}

/// Intake, analysis and courier on a disk of 64 MB, a modality with images of 8 MB, and a PACS that is down.
private final class FullClinic: Sendable {
    private static let megabytes = 64
    /// More than fit.
    private static let images = 12
    private static let rows = 2048

    private let folder: TemporaryFolder
    private let disk: SmallDisk
    private let port: Int
    private let configuration: URL

    init(refuseBelowPercent: Int, releaseBelowPercent: Int) async throws {
        folder = try TemporaryFolder()
        port = try freePort()
        let data = folder.file("data")
        disk = try await SmallDisk(megabytes: Self.megabytes, on: data)
        // Started once, so that its port is known.
        let pacs = try await PeerProgram.orthanc(folder.file("pacs"))
        let pacsPort = try #require(pacs.ready.dicomPort)
        try await pacs.stop()
        configuration = folder.file("outpost.yaml")
        try """
            station: {name: OUTPOST-FULL}
            data_folder: \(data.path)
            storage: {retention_days: 0, release_below_percent: \(releaseBelowPercent),
              release_until_percent: \(releaseBelowPercent + 10), refuse_below_percent: \(refuseBelowPercent)}
            intake: {ae_title: OUTPOST, address: 127.0.0.1, port: \(port), study_quiet_seconds: 1}
            destinations:
              - {name: pacs, kind: dicom, host: 127.0.0.1, port: \(pacsPort), ae_title: PACS,
                 send: [results, images], retry_minimum_seconds: 1, retry_maximum_seconds: 2}
            """.write(to: configuration, atomically: true, encoding: .utf8)
        try await makeImages()
    }

    func start() async throws -> Subprocess {
        let program = try disk.start([Site.program, "run", "--config", configuration.path])
        try await eventually("an answer to C-ECHO") {
            try await Subprocess.run(["echoscu", "-aec", "OUTPOST", "127.0.0.1", "\(port)"]).status == 0
        }
        return program
    }

    func run(_ arguments: [String]) async throws -> Subprocess.Result {
        try await disk.run([Site.program] + arguments + ["--config", configuration.path])
    }

    /// Sends image after image until one is refused; those that had success.
    func fill() async throws -> [URL] {
        var accepted: [URL] = []
        for number in 0..<Self.images {
            let file = image(number)
            if try await isTaken(file) { accepted.append(file) } else { break }
        }
        #expect(!accepted.isEmpty)
        #expect(accepted.count < Self.images, "the disk did not fill")
        return accepted
    }

    /// As a modality does that was told to come back later; the image that was taken then.
    func sendAgainUntilTaken() async throws -> URL {
        let file = image(Self.images - 1)
        try await eventually("room for another image", within: patience * 3) { try await isTaken(file) }
        return file
    }

    /// Whether the image had success; anything else must be A700, which dcmtk calls out of resources.
    private func isTaken(_ file: URL) async throws -> Bool {
        let result = try await Subprocess.run(
            ["storescu", "--verbose", "-aec", "OUTPOST", "127.0.0.1", "\(port)", file.path])
        if result.text.contains("Received Store Response (Success)") { return true }
        #expect(result.text.contains("Received Store Response (Refused: OutOfResources)"), "\(result.text)")
        return false
    }

    /// What the program keeps is what was sent: by the list's digests, and by the bytes that it exports.
    func compare(_ files: [URL]) async throws {
        let exported = try TemporaryFolder()
        let list = try await run(["spool", "list", "--json"]).requireSuccess().output
        for file in files {
            let (uid, dataSet) = try Self.split(Data(contentsOf: file))
            #expect(list.contains(Digest(ofData: dataSet).description), "\(file.lastPathComponent)")
            let copy = exported.file(file.lastPathComponent)
            try await run(["spool", "export", uid.value, copy.path]).requireSuccess()
            #expect(try Self.split(Data(contentsOf: copy)).dataSet.elementsEqual(dataSet))
        }
    }

    func pacsComesUp() async throws -> PeerProgram { try await .orthanc(folder.file("pacs")) }

    /// Until the PACS has the image, which must be bit for bit what was sent.
    func waitFor(_ file: URL, in pacs: PeerProgram) async throws {
        let (uid, dataSet) = try Self.split(Data(contentsOf: file))
        try await eventually("delivery of \(file.lastPathComponent)", within: patience * 3) {
            try await !pacs.instances(sopInstanceUID: uid.value).isEmpty
        }
        let kept = try await pacs.file(sopInstanceUID: uid.value)
        #expect(try Self.split(Data(kept)).dataSet.elementsEqual(dataSet))
    }

    func stop() async throws { try await disk.stop() }

    private func image(_ number: Int) -> URL { folder.file("image-\(number).dcm") }

    private static func split(_ file: Data) throws -> (uid: UID, dataSet: ArraySlice<UInt8>) {
        let (meta, _, dataSet) = try Part10.split(Array(file)[...])
        return (try #require(meta.uid(.mediaStorageSOPInstanceUID)), dataSet)
    }

    /// CT images of noise, which nothing can shrink, each a study of its own.
    private func makeImages() async throws {
        let script = """
            import os, sys, pydicom
            from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
            folder, count, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
            for number in range(count):
                image = pydicom.Dataset()
                image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, generate_uid()
                image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
                image.PatientName = image.PatientID = "FULL"
                image.StudyDate = image.StudyTime = image.AccessionNumber = image.StudyID = ""
                image.Modality, image.InstanceNumber = "CT", number + 1
                image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
                image.Rows = image.Columns = rows
                image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 0
                image.PixelData = os.urandom(rows * rows * 2)
                image.file_meta = pydicom.dataset.FileMetaDataset()
                image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
                image.save_as(f"{folder}/image-{number}.dcm", enforce_file_format=True)
            """
        try await Subprocess.run([
            Repository.python, "-c", script, folder.path, "\(Self.images)", "\(Self.rows)",
        ]).requireSuccess()
    }
}
