import DICOM
import DICOMPixels
import Testing

@Suite struct GrayscaleFrameTests {
    @Test func shiftsMasksAndExtendsTheSign() throws {
        // 12 bits stored below high bit 13, signed; the bits around them are noise.
        var image = Images.grayscale(rows: 1, columns: 3, bits: (16, 12, 13), isSigned: true)
        let words: [UInt16] = [0b1011_1111_1111_1111, 0b0101_1111_1111_1100, 0b0000_0000_0000_0111]
        image.set(.pixelData, .OW, bytes: words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
        let frame = try GrayscaleFrame(image, .explicitVRLittleEndian)
        #expect(frame.storedValues == [-1, 2047, 1])
        #expect(ModalityImage(frame, .rescale(slope: 2, intercept: -3)).values == [-5, 4091, -1])
    }

    @Test func readsAGivenFrameAndOddPadding() throws {
        var image = Images.grayscale(rows: 1, columns: 3, bits: (8, 8, 7))
        image.set(.numberOfFrames, .IS, "3")
        image.set(.pixelData, .OB, bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
        #expect(try GrayscaleFrame(image, .explicitVRLittleEndian, frame: 2).storedValues == [7, 8, 9])
        #expect(throws: PixelError.noSuchFrame(index: 3, frames: 3)) {
            try GrayscaleFrame(image, .explicitVRLittleEndian, frame: 3)
        }
    }

    /// The shares of ITU-R BT.601: 0.299, 0.587, 0.114.
    @Test func coloursBecomeTheirLuminance() throws {
        var image = Images.grayscale(rows: 1, columns: 4, bits: (8, 8, 7), photometricInterpretation: "RGB")
        image.set(.samplesPerPixel, 3)
        image.set(.pixelData, .OB, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 200, 200])
        let gray = try GrayscaleFrame(image, .explicitVRLittleEndian)
        #expect(gray.storedValues == [76, 150, 29, 200])
        #expect(gray.description.photometricInterpretation == .monochrome2)
        #expect(gray.description.samplesPerPixel == 1)
        image.set(.photometricInterpretation, .CS, "YBR_FULL")
        #expect(try GrayscaleFrame(image, .explicitVRLittleEndian).storedValues == [255, 0, 0, 200])
    }

    @Test func aPaletteBecomesTheLuminanceOfItsColours() throws {
        var image = Images.grayscale(rows: 1, columns: 3, bits: (8, 8, 7), photometricInterpretation: "PALETTE COLOR")
        image.set(.pixelData, .OB, bytes: [0, 1, 9, 0])
        for (descriptor, data, entries) in [
            (Tag.redPaletteColorLookupTableDescriptor, Tag.redPaletteColorLookupTableData, [255, 0] as [UInt8]),
            (.greenPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableData, [0, 10]),
            (.bluePaletteColorLookupTableDescriptor, .bluePaletteColorLookupTableData, [0, 10]),
        ] {
            image.set(descriptor, .US, bytes: [2, 0, 0, 0, 8, 0])
            image.set(data, .OW, bytes: entries)
        }
        // An index beyond the table has its last entry (PS3.3 C.7.6.3.1.5).
        #expect(try GrayscaleFrame(image, .explicitVRLittleEndian).storedValues == [76, 7, 7])
        #expect(
            try PixelData(image, .explicitVRLittleEndian).rgb().storedValues == [255, 0, 0, 0, 10, 10, 0, 10, 10])
    }

    @Test(arguments: Refusal.all) func refuses(_ refusal: Refusal) throws {
        var image = Images.grayscale(rows: 2, columns: 2, bits: (16, 12, 11))
        refusal.damage(&image)
        #expect(throws: refusal.error) { _ = try GrayscaleFrame(image, refusal.syntax) }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var syntax = TransferSyntax.explicitVRLittleEndian
        var error: PixelError
        var damage: @Sendable (inout DataSet) -> Void

        var testDescription: String { name }

        static let all = [
            Refusal(name: "no rows", error: .missing(.rows)) { $0[.rows] = nil },
            Refusal(name: "zero columns", error: .invalid(.columns, 0)) { $0.set(.columns, 0) },
            // The bound is checked before any memory is asked for.
            Refusal(
                name: "an image too large",
                error: .tooLarge(rows: 65_535, columns: 65_535, samples: 1)
            ) {
                $0.set(.rows, 65_535)
                $0.set(.columns, 65_535)
            },
            Refusal(name: "more bits stored than allocated", error: .invalid(.bitsStored, 17)) {
                $0.set(.bitsStored, 17)
            },
            Refusal(name: "a high bit below the stored bits", error: .invalid(.highBit, 10)) { $0.set(.highBit, 10) },
            Refusal(name: "a negative number of frames", error: .invalid(.numberOfFrames, -1)) {
                $0.set(.numberOfFrames, .IS, "-1")
            },
            Refusal(
                name: "frames beyond the pixel data",
                error: .lengthMismatch(expected: 8 * Int(Int32.max), found: 8)
            ) { $0.set(.numberOfFrames, .IS, "2147483647") },
            Refusal(name: "half the pixel data", error: .lengthMismatch(expected: 8, found: 4)) {
                $0.set(.pixelData, .OW, bytes: [0, 0, 0, 0])
            },
            Refusal(name: "no pixel data", error: .missing(.pixelData)) { $0[.pixelData] = nil },
            Refusal(name: "twice the pixel data", error: .lengthMismatch(expected: 8, found: 16)) {
                $0.set(.pixelData, .OW, bytes: [UInt8](repeating: 0, count: 16))
            },
            Refusal(name: "12 bits allocated", error: .unsupportedBitsAllocated(12)) { $0.set(.bitsAllocated, 12) },
            Refusal(name: "64 bits allocated", error: .unsupportedBitsAllocated(64)) { $0.set(.bitsAllocated, 64) },
            Refusal(name: "a palette that is not there", error: .missing(.redPaletteColorLookupTableDescriptor)) {
                $0.set(.photometricInterpretation, .CS, "PALETTE COLOR")
            },
            Refusal(name: "colours unknown here", error: .unsupportedPhotometricInterpretation("CMYK")) {
                $0.set(.photometricInterpretation, .CS, "CMYK")
            },
            Refusal(name: "one sample of RGB", error: .invalid(.samplesPerPixel, 1)) {
                $0.set(.photometricInterpretation, .CS, "RGB")
            },
            Refusal(name: "floating-point pixels", error: .floatingPoint) {
                $0.set(.floatPixelData, .OF, bytes: [UInt8](repeating: 0, count: 16))
            },
            Refusal(name: "a compressed image without fragments", syntax: .jpeg2000Lossless, error: .notFragments) {
                _ in
            },
            Refusal(
                name: "a transfer syntax of video", syntax: TransferSyntax(UID(known: "1.2.840.10008.1.2.4.102")),
                error: .unsupportedTransferSyntax(TransferSyntax(UID(known: "1.2.840.10008.1.2.4.102")))
            ) { _ in },
            Refusal(name: "fragments", error: .missing(.pixelData)) {
                $0[.pixelData] = DataElement(.pixelData, .OB, .fragments([[], [1, 2]]))
            },
        ]
    }
}

enum Images {
    /// A grayscale image with black pixels.
    static func grayscale(
        rows: UInt16, columns: UInt16, bits: (allocated: UInt16, stored: UInt16, high: UInt16), isSigned: Bool = false,
        photometricInterpretation: String = "MONOCHROME2"
    ) -> DataSet {
        var image = DataSet()
        image.set(.samplesPerPixel, 1)
        image.set(.photometricInterpretation, .CS, photometricInterpretation)
        image.set(.rows, rows)
        image.set(.columns, columns)
        image.set(.bitsAllocated, bits.allocated)
        image.set(.bitsStored, bits.stored)
        image.set(.highBit, bits.high)
        image.set(.pixelRepresentation, isSigned ? 1 : 0)
        let count = Int(rows) * Int(columns) * Int(bits.allocated) / 8
        image.set(.pixelData, .OW, bytes: [UInt8](repeating: 0, count: count))
        return image
    }

    /// One pixel of 8 bits as a run-length encoded frame of 66 bytes.
    static func runLength(_ value: UInt8) -> [UInt8] {
        [1, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 56) + [0, value]
    }
}
