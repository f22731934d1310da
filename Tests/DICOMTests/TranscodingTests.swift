import Foundation
import TestSupport
import Testing

@testable import DICOM

/// Re-encoding between the native syntaxes, with pydicom as the judge.
@Suite struct TranscodingTests {
    @Test func pydicomFindsNoDifference() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "transcoding-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var list = ""
        var count = 0
        var refused: Set<String> = []
        for (index, file) in await PydicomFiles.readable.enumerated() where Transcoder.syntaxes.contains(file.syntax) {
            // Some of the files are damaged on purpose.
            guard let dataSet = try? DataSetReader.read(file.dataSet[...], file.syntax) else { continue }
            for (number, target) in Transcoder.syntaxes.enumerated() where target != file.syntax {
                let bytes: [UInt8]
                do throws(DataSetError) {
                    bytes = try Transcoder.transcode(file.dataSet[...], from: file.syntax, to: target)
                } catch {
                    #expect(error == .cannotTranscode(from: file.syntax, to: target), "\(file.testDescription)")
                    refused.insert(file.testDescription)
                    continue
                }
                let header = Part10.header(
                    sopClassUID: dataSet.uid(.sopClassUID) ?? SOPClass.secondaryCaptureImageStorage,
                    sopInstanceUID: dataSet.uid(.sopInstanceUID) ?? Implementation.classUID, transferSyntax: target)
                let copy = folder.appending(path: "\(index)-\(number).dcm")
                try Data(header + bytes).write(to: copy)
                list += "\(file.path)\t\(copy.path)\n"
                count += 1
                // There and back again: the same bytes as straight from the source.
                let again = try Transcoder.transcode(bytes[...], from: target, to: target)
                #expect(again == bytes, "\(file.testDescription) \(target)")
            }
        }
        let listing = folder.appending(path: "list")
        try list.write(to: listing, atomically: true, encoding: .utf8)
        let lines = try await PydicomFiles.lines("compare.py", [listing.path])
        #expect(lines.dropLast(2).isEmpty, "\(lines.prefix(20).joined(separator: "\n"))")
        let pictures = try #require(lines.dropLast().last.flatMap { Int($0.dropFirst("pictures ".count)) })
        let compared = try #require(lines.last.flatMap { Int($0.dropFirst("compared ".count)) })
        print("transcoded:", count, "elements compared:", compared, "images:", pictures)
        #expect(pictures > 150)
        #expect(count > 300)
        // Pixels of 32 bits: pydicom and dcmtk disagree about what they are in big endian.
        #expect(refused == [
            "badVR.dcm", "rtdose.dcm", "rtdose_1frame.dcm", "rtdose_expb.dcm", "rtdose_expb_1frame.dcm",
        ])
        #expect(compared > 20_000)
    }

    @Test func ambiguousRepresentationsAreDecided() throws {
        var item = DataSet()
        item.set(.lutDescriptor, .US, bytes: [1, 0, 0xFF, 0xFF, 16, 0])
        item.set(Tag(0x0028, 0x3006), .US, bytes: [7, 0])
        var dataSet = DataSet()
        dataSet.set(Tag(0x0018, 0x9810), .SS, bytes: [0xFE, 0xFF])
        dataSet.set(.bitsAllocated, 8)
        dataSet.set(.pixelRepresentation, 1)
        dataSet.set(.modalityLUTSequence, items: [item])
        dataSet.set(.pixelData, .OB, bytes: [1, 2, 3, 4])
        let implicit = DataSetWriter.write(dataSet, .implicitVRLittleEndian)
        let read = try DataSetReader.read(implicit[...], .implicitVRLittleEndian)
        #expect(read[Tag(0x0018, 0x9810)]?.vr == .SS)
        #expect(read.integer(Tag(0x0018, 0x9810)) == -2)
        #expect(read[.pixelData]?.vr == .OB)
        // Pixel Representation holds for the items too.
        #expect(read.items(.modalityLUTSequence).first?[.lutDescriptor]?.vr == .SS)
        #expect(read.items(.modalityLUTSequence).first?[Tag(0x0028, 0x3006)]?.vr == .US)
        // Eight-bit pixels are bytes in every order; sixteen-bit ones are swapped.
        let big = try Transcoder.transcode(implicit[...], from: .implicitVRLittleEndian, to: .explicitVRBigEndian)
        #expect(big.suffix(4) == [1, 2, 3, 4])
        dataSet.set(.bitsAllocated, 16)
        let wide = try Transcoder.transcode(
            DataSetWriter.write(dataSet, .implicitVRLittleEndian)[...], from: .implicitVRLittleEndian,
            to: .explicitVRBigEndian)
        #expect(wide.suffix(4) == [2, 1, 4, 3])
        let wideRead = try DataSetReader.read(wide[...], .explicitVRBigEndian)
        #expect(wideRead[.pixelData]?.vr == .OW)
        // As stored, with the order said beside it.
        #expect(wideRead.bytes(.pixelData) == [2, 1, 4, 3])
        #expect(wideRead[.pixelData]?.byteOrder == .bigEndian)
        #expect(wideRead.integer(.bitsAllocated) == 16)
    }

    @Test func everyRepresentationSurvivesEverySyntax() throws {
        var dataSet = DataSet()
        for (index, vr) in VR.allCases.enumerated() where vr != .SQ {
            let bytes = (0..<16).map { UInt8(0x30 + ($0 + index) % 10) }
            dataSet.set(Tag(0x0009, 0x1000 + UInt16(index)), vr, bytes: bytes)
        }
        for target in Transcoder.syntaxes where target.isExplicit {
            let bytes = DataSetWriter.write(dataSet, target)
            let read = try DataSetReader.read(bytes[...], target)
            #expect(read.elements.map(\.vr) == dataSet.elements.map(\.vr))
            for element in dataSet.elements {
                #expect(read.integers(element.tag) == dataSet.integers(element.tag), "\(element.vr) \(target)")
                #expect(read.decimals(element.tag) == dataSet.decimals(element.tag), "\(element.vr) \(target)")
                #expect(read.tags(element.tag) == dataSet.tags(element.tag), "\(element.vr) \(target)")
            }
            let back = try Transcoder.transcode(bytes[...], from: target, to: .explicitVRLittleEndian)
            #expect(back == DataSetWriter.write(dataSet, .explicitVRLittleEndian), "\(target)")
        }
    }

    @Test func compressedDataSetsAreRefused() async throws {
        let file = try #require(await PydicomFiles.named("JPEG-lossy.dcm"))
        #expect(
            throws: DataSetError.cannotTranscode(from: file.syntax, to: .explicitVRLittleEndian)
        ) { try Transcoder.transcode(file.dataSet[...], from: file.syntax, to: .explicitVRLittleEndian) }
        // Fragments that hide in a native syntax.
        #expect(throws: DataSetError.self) {
            try Transcoder.transcode(file.dataSet[...], from: .explicitVRLittleEndian, to: .implicitVRLittleEndian)
        }
    }
}
