import Analysis
import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

@Suite struct LetterboxPercentileTests {
    struct Case: Decodable {
        var rows: UInt16
        var columns: UInt16
        var slope: Double
        var intercept: Double
        var monochrome1: Bool
        var signed: Bool
        var stored: String
        var expected: String
        var centers: [[Double]]
    }

    /// The Python in the model's folder is the specification; the bound is its own, 1e-5.
    @Test func agreesWithTheModelsPython() throws {
        let folder = try TemporaryFolder()
        let model = Repository.root.path + "/provisioning/models/chest-nodule"
        let script = Repository.root.path + "/Tests/AnalysisTests/Python/preprocess.py"
        let cases = try JSONDecoder().decode([Case].self, from: Tool.python(script, [model, folder.path]).output)
        var worst: Float = 0
        for item in cases {
            let frame = try frame(item)
            let result = LetterboxPercentile(frame, .rescale(slope: item.slope, intercept: item.intercept))
            let expected = try Data(contentsOf: URL(fileURLWithPath: item.expected)).withUnsafeBytes {
                Array($0.bindMemory(to: Float.self))
            }
            try #require(result.values.count == expected.count)
            let difference = zip(result.values, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(difference <= 1e-5, "\(item.rows) × \(item.columns)")
            #expect(result.values.allSatisfy { (0...1).contains($0) })
            worst = max(worst, difference)
            for center in item.centers {
                let position = result.geometry.imagePosition(modelRow: center[0] + 0.5, modelColumn: center[1] + 0.5)
                // Python counts from pixel centers, image coordinates from the corner.
                #expect(abs(position.row - 0.5 - center[2]) < 1e-9 && abs(position.column - 0.5 - center[3]) < 1e-9)
            }
        }
        print("preprocessing: \(cases.count) images, largest difference from the Python \(worst)")
    }

    private func frame(_ item: Case) throws -> GrayscaleFrame {
        var image = DataSet()
        image.set(.samplesPerPixel, 1)
        image.set(.photometricInterpretation, .CS, item.monochrome1 ? "MONOCHROME1" : "MONOCHROME2")
        image.set(.rows, item.rows)
        image.set(.columns, item.columns)
        image.set(.bitsAllocated, 16)
        image.set(.bitsStored, 16)
        image.set(.highBit, 15)
        image.set(.pixelRepresentation, item.signed ? 1 : 0)
        image.set(.pixelData, .OW, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: item.stored))))
        return try GrayscaleFrame(image, .explicitVRLittleEndian)
    }
}
