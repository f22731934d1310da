import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

/// Images in the encodings that pydicom's own files lack, made by dcmtk, OpenJPEG, CharLS and OpenJPH. What was
/// compressed losslessly is compared with the samples it was made of.
@Suite struct MadeFilesTests {
    @Test func storedValuesAgreeBitForBit() throws {
        let folder = try TemporaryFolder()
        var exact: [String: Int] = [:]
        var unreadable = 0
        for image in try PeerImage.list("made_files.py", in: folder) {
            do {
                let file = try DICOMFile(path: image.path)
                let pixels = try PixelData(file.dataSet, file.transferSyntax)
                let expected = try PeerImage.integers(#require(image.stored))
                let difference = try largestDifference(pixels.allStoredValues(), expected)
                #expect(difference == 0, "\(image.name) by \(image.decoder): \(String(describing: difference))")
                exact[image.decoder, default: 0] += 1
                guard let rgb = image.rgb else { continue }
                let apart = try largestDifference(pixels.allColors(), PeerImage.integers(rgb))
                #expect(apart == 0, "\(image.name) in colour: \(String(describing: apart))")
            } catch DataSetError.unsupportedTransferSyntax {
                unreadable += 1
            } catch {
                Issue.record("\(image.name): \(error)")
            }
        }
        let total = exact.values.reduce(0, +)
        #expect(total >= 50)
        print(
            "made files compared exactly: \(total) (\(exact.sorted { $0.key < $1.key })); "
                + "transfer syntax not readable: \(unreadable)")
    }
}
