import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

/// Every image of pydicom's wheel against pydicom and its decoders.
@Suite struct RealFilesTests {
    /// Files that Python decodes and we refuse.
    static let refused: [String: (reason: String, error: PixelError)] = [
        "SC_rgb_rle_32bit.dcm": ("unsigned 32-bit samples above Int32.max", .valueBeyondInteger),
        "SC_rgb_rle_32bit_2frame.dcm": ("unsigned 32-bit samples above Int32.max", .valueBeyondInteger),
    ]

    /// Files whose data set, rather than whose pixels, may be refused: pydicom reads them by guessing.
    static let unreadable: [String: String] = [
        "SC_rgb_jpeg.dcm": "implicit VR in an explicit transfer syntax",
    ]

    @Test func storedValuesAgreeBitForBit() throws {
        let folder = try TemporaryFolder()
        var exact: [String: Int] = [:]
        var colors = 0
        var undecodable = 0
        var unreadable = 0
        for image in try PeerImage.list("real_files.py", in: folder) {
            guard image.problem == nil else {
                undecodable += 1
                // Nothing to compare with, but it must end in an answer or a typed error.
                if let file = try? DICOMFile(path: image.path) { decodeSomehow(file) }
                continue
            }
            let file: DICOMFile
            do {
                file = try DICOMFile(path: image.path)
            } catch where Self.unreadable[image.name] != nil {
                unreadable += 1
                continue
            }
            if let refusal = Self.refused[image.name] {
                #expect(throws: refusal.error, "\(image.name)") {
                    _ = try PixelData(file.dataSet, file.transferSyntax).allStoredValues()
                }
                continue
            }
            do {
                if try image.compare(file) { colors += 1 }
                exact[image.decoder, default: 0] += 1
            } catch {
                Issue.record("\(image.name): \(error)")
            }
        }
        let total = exact.values.reduce(0, +)
        #expect(total >= 87)
        print(
            "files compared exactly: \(total) (\(exact.sorted { $0.key < $1.key })), of them in colour: \(colors); "
                + "refused with a reason: \(Self.refused.count); undecodable by Python too: \(undecodable); "
                + "data set not readable: \(unreadable)")
    }

    private func decodeSomehow(_ file: DICOMFile) {
        do {
            _ = try PixelData(file.dataSet, file.transferSyntax).frame()
        } catch {
            #expect(!error.description.isEmpty)
        }
    }
}
