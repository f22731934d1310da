import DICOM

/// The frames of native pixel data (PS3.5 section 8.1.1 and annex A.1 to A.3).
struct NativeFrames: Sendable {
    private let description: PixelDescription
    private let wordOrder: WordOrder
    /// Single bytes that lie in words of the other order.
    private let isSwapped: Bool
    private let bytes: ArraySlice<UInt8>
    private let bitsPerFrame: Int

    init(_ element: DataElement, _ description: PixelDescription, _ wordOrder: WordOrder) throws(PixelError) {
        guard let bytes = element.bytes else { throw .missing(.pixelData) }
        guard [1, 8, 16, 32].contains(description.bitsAllocated) else {
            throw .unsupportedBitsAllocated(description.bitsAllocated)
        }
        // Native samples that a JPEG 2000 decoder would give do not exist.
        switch description.photometricInterpretation {
        case .ybrICT, .ybrRCT:
            throw .unsupportedPhotometricInterpretation(description.photometricInterpretation.rawValue)
        default: break
        }
        var description = description
        var perPixel = description.samplesPerPixel
        if description.photometricInterpretation == .ybrFull422 {
            // Some writers spread the colour differences and keep the name.
            if let whole = Self.length(description, samplesPerPixel: 3), (0...1).contains(bytes.count - whole) {
                description.photometricInterpretation = .ybrFull
            } else {
                guard description.columns % 2 == 0 else { throw .invalid(.columns, description.columns) }
                perPixel = 2
            }
        }
        guard let length = Self.length(description, samplesPerPixel: perPixel) else {
            throw .lengthMismatch(expected: Int.max, found: bytes.count)
        }
        bitsPerFrame = description.pixelsPerFrame * perPixel * description.bitsAllocated
        // One byte of padding is lawful (PS3.5 section 7.1.1) and more is met with. A further frame's worth is none:
        // then the attributes do not describe these bytes.
        guard bytes.count >= length, bytes.count - length < max(bitsPerFrame / 8, 2) else {
            throw .lengthMismatch(expected: length, found: bytes.count)
        }
        self.description = description
        self.wordOrder = wordOrder
        self.bytes = bytes
        isSwapped = wordOrder == .big && element.vr == .OW && description.bitsAllocated <= 8
        // A swapped byte lies behind its neighbour.
        guard !isSwapped || bytes.count % 2 == 0 else {
            throw .lengthMismatch(expected: length + length % 2, found: bytes.count)
        }
    }

    /// Bytes of all frames; nil where that is beyond an integer. Frames of single bits follow each other without a gap.
    private static func length(_ description: PixelDescription, samplesPerPixel: Int) -> Int? {
        let bits = description.pixelsPerFrame * samplesPerPixel * description.bitsAllocated
        let (all, overflow) = bits.multipliedReportingOverflow(by: description.frames)
        return overflow || all > Int.max - 7 ? nil : (all + 7) / 8
    }

    func frame(_ index: Int) throws(PixelError) -> Frame {
        let firstBit = index * bitsPerFrame
        let samples: [Int32]
        switch description.bitsAllocated {
        case 1: samples = unpackBits(from: firstBit)
        case 8: samples = unpack(1, from: firstBit / 8)
        case 16: samples = unpack(2, from: firstBit / 8)
        default: samples = unpack(4, from: firstBit / 8)
        }
        guard StoredBits(description).fits(samples) else { throw .valueBeyondInteger }
        guard description.photometricInterpretation == .ybrFull422 else { return Frame(description, samples) }
        var spread = description
        spread.photometricInterpretation = .ybrFull
        return Frame(spread, Self.spread(samples))
    }

    /// One bit a sample, the first in the lowest bit of the first byte.
    private func unpackBits(from firstBit: Int) -> [Int32] {
        let swap = isSwapped ? 1 : 0
        let bits = StoredBits(description)
        return bytes.withUnsafeBufferPointer { input in
            (firstBit..<firstBit + bitsPerFrame).map { bit in
                bits(UInt32(input[bit / 8 ^ swap]) >> UInt32(bit % 8) & 1)
            }
        }
    }

    /// Words of `size` bytes, put in pixel order.
    private func unpack(_ size: Int, from start: Int) -> [Int32] {
        let count = bitsPerFrame / 8 / size
        let bits = StoredBits(description)
        let swap = isSwapped ? 1 : 0
        let isLittle = wordOrder == .little
        // Planar samples jump from plane to plane; a native 4:2:2 frame has no planes.
        let planes = description.isPlanar && count == description.samplesPerFrame ? description.samplesPerPixel : 1
        let pixels = count / planes
        return [Int32](unsafeUninitializedCapacity: count) { output, written in
            bytes.withUnsafeBufferPointer { input in
                for plane in 0..<planes {
                    for pixel in 0..<pixels {
                        let offset = start + (plane * pixels + pixel) * size
                        let word =
                            switch size {
                            case 1: UInt32(input[offset ^ swap])
                            case 2: Self.word16(input, offset, isLittle)
                            default: Self.word32(input, offset, isLittle)
                            }
                        output[pixel * planes + plane] = bits(word)
                    }
                }
            }
            written = count
        }
    }

    private static func word16(_ input: UnsafeBufferPointer<UInt8>, _ offset: Int, _ isLittle: Bool) -> UInt32 {
        let first = UInt32(input[offset])
        let second = UInt32(input[offset + 1])
        return isLittle ? first | second << 8 : first << 8 | second
    }

    private static func word32(_ input: UnsafeBufferPointer<UInt8>, _ offset: Int, _ isLittle: Bool) -> UInt32 {
        let first = word16(input, offset, isLittle)
        let second = word16(input, offset + 2, isLittle)
        return isLittle ? first | second << 16 : first << 16 | second
    }

    /// From Y Y Cb Cr for two pixels to Y Cb Cr for each (PS3.3 C.7.6.3.1.2).
    private static func spread(_ samples: [Int32]) -> [Int32] {
        var output: [Int32] = []
        output.reserveCapacity(samples.count / 2 * 3)
        for pair in stride(from: 0, to: samples.count - 3, by: 4) {
            let blue = samples[pair + 2]
            let red = samples[pair + 3]
            output += [samples[pair], blue, red, samples[pair + 1], blue, red]
        }
        return output
    }
}
