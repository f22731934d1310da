import DICOM
import DICOMPixels
import Testing

/// From fragments to frames, where the fragments, the tables and the number of frames disagree.
@Suite struct OffsetTableTests {
    /// Two frames of one pixel each in RLE, of 66 bytes: fragments begin at 0 and 74.
    private func image(frames: Int = 2, table: [UInt32] = [], fragments: [[UInt8]]? = nil) -> DataSet {
        var image = Images.grayscale(rows: 1, columns: 1, bits: (8, 8, 7))
        image.set(.numberOfFrames, .IS, "\(frames)")
        let bytes = table.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        let fragments = fragments ?? [Images.runLength(7), Images.runLength(9)]
        image[.pixelData] = DataElement(.pixelData, .OB, .fragments([bytes[...]] + fragments.map { $0[...] }))
        return image
    }

    private func extended(_ offsets: [UInt64], _ lengths: [UInt64]) -> DataSet {
        var image = image()
        for (tag, numbers) in [(Tag.extendedOffsetTable, offsets), (.extendedOffsetTableLengths, lengths)] {
            let bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
            image.set(tag, .OV, bytes: bytes)
        }
        return image
    }

    @Test func truthfulTablesAreFollowed() throws {
        for image in [image(), image(table: [0, 74]), extended([0, 74], [66, 66])] {
            let pixels = try PixelData(image, .rleLossless)
            #expect(try [pixels.frame(0).storedValues, pixels.frame(1).storedValues] == [[7], [9]])
        }
    }

    @Test func aFrameInPartsIsJoined() throws {
        let whole = Images.runLength(7)
        let pieces = [Array(whole[..<10]), Array(whole[10...]), Images.runLength(9)]
        #expect(try PixelData(image(table: [0, 82], fragments: pieces), .rleLossless).frame(0).storedValues == [7])
        #expect(try PixelData(image(table: [0, 82], fragments: pieces), .rleLossless).frame(1).storedValues == [9])
        let single = image(frames: 1, fragments: [Array(whole[..<10]), Array(whole[10...])])
        #expect(try PixelData(single, .rleLossless).frame().storedValues == [7])
    }

    @Test(arguments: [
        ([0, 73], 1), ([0, 75], 1), ([8, 74], 0), ([74, 0], 0), ([0, 0], 1), ([0, 148], 1), ([0, 0xFFFF_FFFF], 1),
        ([0], 1), ([0, 74, 148], 2),
    ] as [([UInt32], Int)])
    func lyingBasicTablesAreRefused(_ table: [UInt32], _ frame: Int) {
        #expect(throws: PixelError.offsetTable(frame: frame)) { _ = try PixelData(image(table: table), .rleLossless) }
    }

    @Test(arguments: [
        ([0, 73], [66, 66], 1), ([0, 74], [66, 67], 1), ([0, 74], [64, 66], 0), ([0, 74], [66], 1),
        ([0, .max], [66, 66], 1), ([0, 74], [.max, 66], 0), ([], [66, 66], -1),
    ] as [([UInt64], [UInt64], Int)])
    func lyingExtendedTablesAreRefused(_ offsets: [UInt64], _ lengths: [UInt64], _ frame: Int) {
        // Without offsets the lengths alone say nothing, and the fragments speak for themselves.
        guard frame >= 0 else {
            #expect(throws: Never.self) { _ = try PixelData(extended(offsets, lengths), .rleLossless) }
            return
        }
        #expect(throws: PixelError.offsetTable(frame: frame)) {
            _ = try PixelData(extended(offsets, lengths), .rleLossless)
        }
    }

    @Test func framesWithoutFragmentsAreRefusedAtOnce() {
        #expect(throws: PixelError.frameBoundaries(frames: Int(Int32.max), found: 2)) {
            _ = try PixelData(image(frames: Int(Int32.max)), .rleLossless)
        }
        let three = [Images.runLength(1), Images.runLength(2), Images.runLength(3)]
        #expect(throws: PixelError.frameBoundaries(frames: 2, found: 3)) {
            _ = try PixelData(image(fragments: three), .rleLossless)
        }
        // In the JPEG family frames end with a marker: here only the last does.
        #expect(throws: PixelError.frameBoundaries(frames: 2, found: 1)) {
            _ = try PixelData(image(fragments: [[1, 2], [3, 4], [0xFF, 0xD9]]), .jpegBaseline)
        }
        #expect(throws: PixelError.notFragments) { _ = try PixelData(image(fragments: []), .rleLossless) }
    }
}
