import DICOM
import DICOMPixels
import Testing

/// Run-length encoding (PS3.5 annex G) of a frame of 1 × 4 pixels.
@Suite struct RunLengthTests {
    private func decode(_ bytes: [UInt8], bits: UInt16 = 8) throws(PixelError) -> [Int32] {
        let image = Images.grayscale(rows: 1, columns: 4, bits: (bits, bits, bits - 1))
        return try FrameCodec.runLength.decode(bytes[...], PixelDescription(image)).storedValues
    }

    private func frame(_ segments: [[UInt8]], count: UInt32? = nil, offsets: [UInt32]? = nil) -> [UInt8] {
        var position: UInt32 = 64
        var starts: [UInt32] = []
        for segment in segments {
            starts.append(position)
            position += UInt32(segment.count)
        }
        let header = ([count ?? UInt32(segments.count)] + (offsets ?? starts)).prefix(16)
        let bytes = header.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        return bytes + [UInt8](repeating: 0, count: 64 - bytes.count) + Array(segments.joined())
    }

    @Test func literalsRunsAndNothings() throws {
        #expect(try decode(frame([[3, 1, 2, 3, 4]])) == [1, 2, 3, 4])
        #expect(try decode(frame([[0x80, 0xFD, 7, 0x80]])) == [7, 7, 7, 7])
        #expect(try decode(frame([[0xFF, 7, 1, 8, 9]])) == [7, 7, 8, 9])
        // The most significant byte comes first.
        #expect(try decode(frame([[0xFD, 1], [3, 0, 1, 2, 3]]), bits: 16) == [256, 257, 258, 259])
        // A byte of padding behind the last pixel is lawful.
        #expect(try decode(frame([[3, 1, 2, 3, 4, 0]])) == [1, 2, 3, 4])
    }

    @Test func damageIsRefused() {
        let good: [UInt8] = [3, 1, 2, 3, 4]
        let cases: [([UInt8], PixelError.RunLengthFault)] = [
            ([], .header),
            ([UInt8](repeating: 0, count: 63), .header),
            (frame([good, good]), .segments(expected: 1, found: 2)),
            (frame([good], count: 0), .segments(expected: 1, found: 0)),
            (frame([good], count: .max), .segments(expected: 1, found: Int(UInt32.max))),
            (frame([good], offsets: [63]), .offset(segment: 0)),
            (frame([good], offsets: [70]), .offset(segment: 0)),
            (frame([good], offsets: [.max]), .offset(segment: 0)),
            (frame([[3, 1, 2, 3]]), .short(segment: 0)),
            (frame([[2, 1, 2, 3]]), .short(segment: 0)),
            (frame([[0xFD]]), .short(segment: 0)),
            (frame([[]]), .short(segment: 0)),
            (frame([[4, 1, 2, 3, 4, 5]]), .overrun(segment: 0)),
            (frame([[0xFC, 1]]), .overrun(segment: 0)),
            (frame([[0x81, 1]]), .overrun(segment: 0)),
            (frame([[3, 1, 2, 3, 4, 1, 5, 6]]), .overrun(segment: 0)),
        ]
        for (bytes, fault) in cases {
            #expect(throws: PixelError.runLength(fault)) { try decode(bytes) }
        }
        #expect(throws: PixelError.runLength(.offset(segment: 0))) {
            try decode(frame([good, good], offsets: [69, 64]), bits: 16)
        }
    }
}
