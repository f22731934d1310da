/// Run-length encoding (PS3.5 annex G): each byte of each sample is a plane of its own, the most significant first.
enum RunLengthDecoder {
    /// The segments' number and fifteen offsets, of four bytes each.
    private static let headerLength = 64

    static func decode(_ bytes: ArraySlice<UInt8>, _ description: PixelDescription) throws(PixelError) -> [Int32] {
        let size = description.bitsAllocated / 8
        guard [8, 16, 32].contains(description.bitsAllocated) else {
            throw .unsupportedBitsAllocated(description.bitsAllocated)
        }
        let segments = try segments(of: bytes, count: description.samplesPerPixel * size)
        let pixels = description.pixelsPerFrame
        let samples = description.samplesPerPixel
        var words = [UInt32](repeating: 0, count: description.samplesPerFrame)
        for (index, segment) in segments.enumerated() {
            let fault = words.withUnsafeMutableBufferPointer { words in
                segment.withUnsafeBufferPointer { segment in
                    unpack(segment, into: words, at: index / size, stride: samples, count: pixels)
                }
            }
            switch fault {
            case .none: break
            case .short: throw .runLength(.short(segment: index))
            case .overrun: throw .runLength(.overrun(segment: index))
            }
        }
        let bits = StoredBits(description)
        let values = words.map { bits($0) }
        guard bits.fits(values) else { throw .valueBeyondInteger }
        return values
    }

    private static func segments(
        of bytes: ArraySlice<UInt8>, count: Int
    ) throws(PixelError) -> [ArraySlice<UInt8>] {
        guard bytes.count >= headerLength else { throw .runLength(.header) }
        let numbers = (0..<headerLength / 4).map { index in
            let start = bytes.startIndex + index * 4
            return Int(bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        guard numbers[0] == count, count < numbers.count else {
            throw .runLength(.segments(expected: count, found: numbers[0]))
        }
        var segments: [ArraySlice<UInt8>] = []
        for index in 1...count {
            let start = numbers[index]
            let end = index < count ? numbers[index + 1] : bytes.count
            guard start >= headerLength, start <= end, end <= bytes.count else {
                throw .runLength(.offset(segment: index - 1))
            }
            segments.append(bytes[bytes.startIndex + start..<bytes.startIndex + end])
        }
        return segments
    }

    private enum Fault { case none, short, overrun }

    /// Puts each byte of one plane below what its sample already has (PS3.5 G.3.2).
    private static func unpack(
        _ segment: UnsafeBufferPointer<UInt8>, into words: UnsafeMutableBufferPointer<UInt32>, at first: Int,
        stride: Int, count: Int
    ) -> Fault {
        var position = 0
        var pixel = 0
        while pixel < count {
            guard position < segment.count else { return .short }
            let control = Int8(bitPattern: segment[position])
            position += 1
            // -128 does nothing.
            if control == -128 { continue }
            let length = control >= 0 ? Int(control) + 1 : 1 - Int(control)
            guard length <= count - pixel else { return .overrun }
            guard position + (control >= 0 ? length : 1) <= segment.count else { return .short }
            for offset in 0..<length {
                let byte = segment[control >= 0 ? position + offset : position]
                let index = (pixel + offset) * stride + first
                words[index] = words[index] << 8 | UInt32(byte)
            }
            position += control >= 0 ? length : 1
            pixel += length
        }
        // The stream does not say its dimensions. Samples left over say that those of the data set are others; zeros
        // and bytes that do nothing are padding.
        return segment[position...].allSatisfy { $0 == 0 || $0 == 0x80 } ? .none : .overrun
    }
}
