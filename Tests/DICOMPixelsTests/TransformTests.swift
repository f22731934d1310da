import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

/// Modality and VOI transforms against pydicom's.
@Suite struct TransformTests {
    struct Case: Decodable {
        var path: String
        /// Of each frame a file of float64.
        var modality: [String]
        /// Of each frame a file of float64, 0 to 255.
        var gray: [String]
    }

    @Test func agreeWithPydicom() throws {
        let folder = try TemporaryFolder()
        let script = Repository.root.path + "/Tests/DICOMPixelsTests/Python/transforms.py"
        let cases = try JSONDecoder().decode([Case].self, from: Tool.python(script, [folder.path]).output)
        var worst = 0.0
        for item in cases {
            let file = try DICOMFile(path: item.path)
            let pixels = try PixelData(file.dataSet, file.transferSyntax)
            for index in 0..<pixels.description.frames {
                let frame = try pixels.grayscale(index)
                let modality = try pixels.modalityTransform(index)
                let display = try #require(pixels.displayTransform(index))
                let values = try doubles(item.modality[index])
                #expect(zip(frame.storedValues, values).allSatisfy { modality($0) == $1 }, "\(item.path) \(index)")
                let image = DisplayImage(frame, modality, display)
                let gray = try doubles(item.gray[index])
                try #require(gray.count == image.gray.count)
                let difference = zip(image.gray, gray).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
                // Rounding to whole numbers alone is half a step.
                #expect(difference <= 0.501, "\(item.path) \(index)")
                worst = max(worst, difference)
            }
        }
        #expect(cases.count >= 12)
        print("transforms compared with pydicom: \(cases.count) images, largest difference in gray \(worst) of 255")
    }

    private func doubles(_ path: String) throws -> [Double] {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    }

    /// Entries of eight bits, packed as the standard wants it or one to a word as many write it.
    @Test(arguments: [[1, 2, 30], [1, 0, 2, 0, 30, 0], [1, 2, 30, 0]] as [[UInt8]])
    func narrowTablesAreReadEitherWay(_ bytes: [UInt8]) throws {
        var item = DataSet()
        item.set(.lutDescriptor, .US, bytes: [3, 0, 5, 0, 8, 0])
        item.set(.lutData, .OW, bytes: bytes)
        var image = Images.grayscale(rows: 1, columns: 1, bits: (16, 16, 15))
        image.set(.modalityLUTSequence, items: [item])
        let transform = try PixelData(image, .explicitVRLittleEndian).modalityTransform()
        #expect([4, 5, 6, 7, 8].map { transform($0) } == [1, 1, 2, 30, 30])
    }

    @Test(arguments: ["1e300", "wide", "nan"]) func rescaleThatIsNoNumberIsRefused(_ text: String) throws {
        var image = Images.grayscale(rows: 1, columns: 1, bits: (16, 16, 15))
        image.set(.rescaleSlope, .DS, text)
        let pixels = try PixelData(image, .explicitVRLittleEndian)
        #expect(throws: PixelError.unusableNumber(.rescaleSlope)) { try pixels.modalityTransform() }
    }

    @Test(arguments: [
        // Descriptor, bytes of data.
        ([4, 0, 16], 6), ([4, 0, 16], 12), ([0, 0, 16], 8), ([4, 0, 17], 8), ([4, 0, 0], 8), ([4, 0], 8),
        ([4, 0, 8], 3),
    ] as [([UInt16], Int)])
    func aTableThatContradictsItsDescriptorIsRefused(_ descriptor: [UInt16], _ length: Int) throws {
        var item = DataSet()
        item.set(.lutDescriptor, .US, bytes: descriptor.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        item.set(.lutData, .OW, bytes: [UInt8](repeating: 1, count: length))
        var image = Images.grayscale(rows: 1, columns: 1, bits: (16, 16, 15))
        image.set(.modalityLUTSequence, items: [item])
        image.set(.voiLUTSequence, items: [item])
        let pixels = try PixelData(image, .explicitVRLittleEndian)
        #expect(throws: PixelError.self) { try pixels.modalityTransform() }
        // How an image is shown is advice: without it there is still the image.
        #expect(pixels.displayTransform() == nil)
    }

    @Test(arguments: [
        [0, 3, 1, 2],  // ends within a segment
        [1, 4, 7],  // a line from nowhere
        [0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],  // more than the table
        [0, 2, 1, 2],  // less than the table
        [3, 1, 1],  // unknown
        [0, 1, 1, 2, 1, 6, 0, 0],  // a copy that begins within itself
        [0, 1, 1, 2, 1, 0xFFFF, 0xFFFF, 0],  // a copy from outside
        [0, 1, 1, 2, 0xFFFF, 0, 0],  // a copy of everything, again and again
    ] as [[UInt16]])
    func damagedSegmentsAreRefused(_ words: [UInt16]) throws {
        var image = Images.grayscale(
            rows: 1, columns: 1, bits: (8, 8, 7), photometricInterpretation: "PALETTE COLOR")
        let bytes = words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        for (descriptor, data) in [
            (Tag.redPaletteColorLookupTableDescriptor, Tag.segmentedRedPaletteColorLookupTableData),
            (.greenPaletteColorLookupTableDescriptor, .segmentedGreenPaletteColorLookupTableData),
            (.bluePaletteColorLookupTableDescriptor, .segmentedBluePaletteColorLookupTableData),
        ] {
            image.set(descriptor, .US, bytes: [8, 0, 0, 0, 16, 0])
            image.set(data, .OW, bytes: bytes)
        }
        #expect(throws: PixelError.unusableTable(.segmentedRedPaletteColorLookupTableData)) {
            _ = try PixelData(image, .explicitVRLittleEndian).rgb()
        }
    }

    @Test func valuesTooFarApartAreNoGray() throws {
        var image = Images.grayscale(rows: 1, columns: 2, bits: (32, 32, 31), isSigned: true)
        image.set(.pixelData, .OW, bytes: [0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0x7F])
        let pixels = try PixelData(image, .explicitVRLittleEndian)
        #expect(try pixels.frame().storedValues == [Int32.min, Int32.max])
        #expect(throws: PixelError.valuesTooFarApart(span: 1 << 32, limit: PixelLimits.grayscaleSpan)) {
            _ = try pixels.grayscale()
        }
    }
}
