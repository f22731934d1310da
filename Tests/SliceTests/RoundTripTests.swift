import DICOM
import DICOMNetwork
import Foundation
import NIOCore
import Records
import Spool
import Synchronization
import Testing
import TestSupport

@Suite("What is stored is what was sent", .serialized)
struct RoundTripTests {
    /// pynetdicom sends the bytes of each file as they lie there; none may be refused, changed or lost.
    @Test("Every object of pydicom's, in the transfer syntax it came in, byte for byte")
    func everyFile() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        try await site.listening()
        let folder = try await Repository.pydicomFiles().deletingLastPathComponent()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("send_all.py")
        let sent = try await Subprocess.run(
            [Repository.python, "-W", "ignore", script.path, "\(site.port)", folder.path], within: patience * 10
        ).requireSuccess()

        // A clean stop leaves no row to be written.
        try await intake.stop()
        let data = StageFiles.folder(.intake, in: site.folder.file("data").path)
        let stored = try #require(try IntakeReader(folder: data)).instances
        let lines = sent.output.split(separator: "\n").map(String.init)
        #expect(lines.count > 130, "\(sent.text)")
        for line in lines {
            #expect(["0000", "B007"].contains(line.prefix(4)), "\(line)")
            let file = try Data(contentsOf: URL(fileURLWithPath: String(line.dropFirst(5))))
            let (meta, syntax, dataSet) = try Part10.split(Array(file)[...])
            let uid = try #require(meta.uid(.mediaStorageSOPInstanceUID))
            let inner = try? DataSetReader.read(dataSet, syntax).uid(.sopInstanceUID)
            let candidates = try [uid, inner].compactMap { $0 }.flatMap { try stored.instances(sopInstanceUID: $0) }
            let digest = Digest(ofData: dataSet)
            let instance = try #require(candidates.first { $0.sha256 == digest }, "\(line)")
            #expect(instance.transferSyntax == syntax)
            #expect(try stored.dataSet(instance.sequence).elementsEqual(dataSet))
        }
        print("objects stored byte for byte:", lines.count)
        try await site.stop()
    }

    /// dcmtk converts between the native syntaxes while it sends. What it sent is known from another receiver that
    /// keeps every bit, `storescp +B`.
    @Test("Every object that dcmtk can send, in each syntax it can be offered in, as another receiver has it")
    func everySyntax() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        try await site.listening()
        let folder = try await Repository.pydicomFiles()
        let data = StageFiles.folder(.intake, in: site.folder.file("data").path)
        let stored = try #require(try IntakeReader(folder: data)).instances
        var compared = 0
        for proposal in ["-xe", "-xb", "-xi", "-xd", "-xs", "-xr"] {
            let received = site.folder.file("received\(proposal)")
            try FileManager.default.createDirectory(at: received, withIntermediateDirectories: true)
            let port = try freePort()
            let storescp = try Subprocess(["storescp", "+xa", "+B", "-od", received.path, "\(port)"])
            try await eventually("an answer of storescp") {
                try await Subprocess.run(["echoscu", "127.0.0.1", "\(port)"]).status == 0
            }
            for receiver in [port, site.port] {
                // Goes on where a file cannot be sent; its exit status then says so.
                _ = try await Subprocess.run([
                    "storescu", "-nh", "+sd", "+r", proposal, "-aec", "OUTPOST", "127.0.0.1", "\(receiver)",
                    folder.path,
                ])
            }
            try await storescp.stop()
            let names = try FileManager.default.contentsOfDirectory(atPath: received.path)
            for name in names {
                let file = try Data(contentsOf: received.appendingPathComponent(name))
                let (meta, syntax, dataSet) = try Part10.split(Array(file)[...])
                let uid = try #require(meta.uid(.mediaStorageSOPInstanceUID))
                let digest = Digest(ofData: dataSet)
                let syntaxes = try await eventually("the row of \(proposal) \(name)") {
                    try stored.instances(sopInstanceUID: uid).filter { $0.sha256 == digest }.map(\.transferSyntax)
                }
                #expect(syntaxes == [syntax], "\(proposal) \(name)")
            }
            #expect(names.count > 90, "\(proposal): \(names.count)")
            compared += names.count
        }
        print("objects equal to what storescp +B received:", compared)
        try await intake.stop()
        try await site.stop()
    }

    /// Memory for an association does not depend on the object: see `UpperLayerChannel` for the sum.
    @Test("Two gigabytes in fragments pass through a few megabytes of memory")
    func twoGigabytes() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        try await site.listening()
        var header = DataSet()
        let instance = UID(known: "1.2.3.2000000000")
        header.set(.sopClassUID, SOPClass.secondaryCaptureImageStorage)
        header.set(.sopInstanceUID, instance)
        header.set(.studyInstanceUID, UID(known: "1.2.3.1"))
        header.set(.seriesInstanceUID, UID(known: "1.2.3.2"))
        var bytes = DataSetWriter.write(header, .explicitVRLittleEndian)
        let pixelBytes: UInt32 = 0x8000_0000
        bytes += [0xE0, 0x7F, 0x10, 0x00] + Array("OB".utf8) + [0, 0]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: pixelBytes >> ($0 * 8)) }
        let dataSet = BlackImage(header: bytes, pixelBytes: Int(pixelBytes))

        let before = try intake.peakMemoryKiB()
        let peer = RemoteApplicationEntity(
            host: "127.0.0.1", port: site.port, calledAETitle: "OUTPOST", callingAETitle: "LARGE")
        let context = PresentationContextProposal(
            id: 1, abstractSyntax: SOPClass.secondaryCaptureImageStorage, transferSyntaxes: [.explicitVRLittleEndian])
        let status = try await StorageClient().withAssociation(to: peer, contexts: [context]) {
            association throws(AssociationError) in
            try await association.store(
                sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: instance,
                transferSyntax: .explicitVRLittleEndian, dataSet: dataSet)
        }
        #expect(status.meansStored)
        let after = try intake.peakMemoryKiB()
        print("peak memory before and after 2 GiB:", before, after, "KiB")
        #expect(after - before < 24 * 1024, "\(before) KiB before, \(after) KiB after")
        try await intake.stop()
        try await site.stop()
    }
}

/// A data set whose pixels are zeros, which take no room on the sender's side.
private final class BlackImage: DataSetSource {
    let length: Int
    private let header: Mutex<ByteBuffer>

    init(header: [UInt8], pixelBytes: Int) {
        length = header.count + pixelBytes
        self.header = Mutex(ByteBuffer(bytes: header))
    }

    func read(_ count: Int) async throws -> ByteBuffer {
        var bytes = header.withLock { header in
            defer { header = ByteBuffer() }
            return header
        }
        bytes.writeRepeatingByte(0, count: count - bytes.readableBytes)
        return bytes
    }
}
