import DICOM

/// One frame of stored values (PS3.3 C.7.6.3.1.1), before any modality or display transform.
public struct GrayscaleFrame: Sendable {
    public let description: PixelDescription
    /// [rows, columns], row by row.
    public let storedValues: [Int32]

    /// Decodes frame `index` of native little-endian grayscale pixel data (PS3.5 section 8.1.1).
    ///
    /// - Parameter index: from 0.
    /// - Throws: any ``PixelError``; `.compressed` and the `.unsupported…` cases name what later decoders may widen.
    public init(_ dataSet: DataSet, _ transferSyntax: TransferSyntax, frame index: Int = 0) throws(PixelError) {
        let description = try PixelDescription(dataSet)
        if transferSyntax.isEncapsulated || !transferSyntax.isLittleEndian { throw .compressed(transferSyntax) }
        if case .other(let name) = description.photometricInterpretation {
            throw .unsupportedPhotometricInterpretation(name)
        }
        guard description.samplesPerPixel == 1 else { throw .invalid(.samplesPerPixel, description.samplesPerPixel) }
        guard description.bitsAllocated == 8 || description.bitsAllocated == 16 else {
            throw .unsupportedBitsAllocated(description.bitsAllocated)
        }
        guard (0..<description.frames).contains(index) else {
            throw .noSuchFrame(index: index, frames: description.frames)
        }
        guard let bytes = dataSet.bytes(.pixelData) else { throw .missing(.pixelData) }
        guard let frameLength = description.bytesPerFrame else {
            throw .unsupportedBitsAllocated(description.bitsAllocated)
        }
        let (length, overflow) = frameLength.multipliedReportingOverflow(by: description.frames)
        // An odd length carries one byte of padding (PS3.5 section 7.1.1).
        guard !overflow, bytes.count == length || (length % 2 == 1 && bytes.count == length + 1) else {
            throw .lengthMismatch(expected: overflow ? Int.max : length, found: bytes.count)
        }
        let start = bytes.startIndex + index * frameLength
        self.description = description
        storedValues = Self.unpack(bytes[start..<start + frameLength], description)
    }

    /// Shifts the stored bits down to bit 0, drops what lies outside them, and extends the sign.
    private static func unpack(_ bytes: ArraySlice<UInt8>, _ description: PixelDescription) -> [Int32] {
        let count = description.pixelsPerFrame
        let lowBit = Int32(description.highBit + 1 - description.bitsStored)
        let mask = Int32(1) << Int32(description.bitsStored) - 1
        let sign = description.isSigned ? Int32(1) << Int32(description.bitsStored - 1) : 0
        let isWide = description.bitsAllocated == 16
        return [Int32](unsafeUninitializedCapacity: count) { output, written in
            bytes.withUnsafeBufferPointer { input in
                for index in 0..<count {
                    let word = isWide
                        ? Int32(input[2 * index]) | Int32(input[2 * index + 1]) << 8 : Int32(input[index])
                    // Flipping the sign bit and taking its weight away again extends the sign without a branch.
                    output[index] = ((word >> lowBit & mask) ^ sign) - sign
                }
            }
            written = count
        }
    }

    /// How often each stored value occurs, from ``lowest`` upwards.
    public func histogram() -> (lowest: Int32, counts: [Int]) {
        guard let lowest = storedValues.min(), let highest = storedValues.max() else { return (0, []) }
        var counts = [Int](repeating: 0, count: Int(highest - lowest) + 1)
        storedValues.withUnsafeBufferPointer { values in
            counts.withUnsafeMutableBufferPointer { counts in
                for value in values { counts[Int(value - lowest)] += 1 }
            }
        }
        return (lowest, counts)
    }
}
