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
        for image in try PeerImage.list("made_files.py", in: folder) {
            do {
                _ = try image.compare(try DICOMFile(path: image.path))
                exact[image.decoder, default: 0] += 1
            } catch {
                Issue.record("\(image.name): \(error)")
            }
        }
        let total = exact.values.reduce(0, +)
        #expect(total >= 67)
        print("made files compared exactly: \(total) (\(exact.sorted { $0.key < $1.key }))")
    }
}
