/// In which order the bytes of a number stand (PS3.5 section 7.3).
public enum ByteOrder: Sendable {
    case littleEndian
    case bigEndian
}

extension ArraySlice<UInt8> {
    /// The first bytes as one integer; nil where there are too few.
    func integer<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, _ order: ByteOrder = .littleEndian, at offset: Int = 0
    ) -> Number? {
        let size = Number.bitWidth / 8
        guard offset >= 0, count - offset >= size else { return nil }
        let start = startIndex + offset
        var number: Number = 0
        switch order {
        case .littleEndian:
            for index in (start..<start + size).reversed() { number = number << 8 | Number(self[index]) }
        case .bigEndian:
            for index in start..<start + size { number = number << 8 | Number(self[index]) }
        }
        return number
    }

    /// All whole integers; what is left over at the end is no number.
    func integers<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, _ order: ByteOrder
    ) -> [Number] {
        let size = Number.bitWidth / 8
        return (0..<count / size).compactMap { integer(type, order, at: $0 * size) }
    }
}

extension [UInt8] {
    /// Appends a number in the given order.
    mutating func append(_ number: some FixedWidthInteger & UnsignedInteger, _ order: ByteOrder) {
        let size = number.bitWidth / 8
        for index in 0..<size {
            let shift = 8 * (order == .littleEndian ? index : size - 1 - index)
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Appends words of `size` bytes (2, 4 or 8), each turned around. What is left over at the end stays as it is.
    mutating func append(swapping bytes: ArraySlice<UInt8>, wordSize size: Int) {
        let start = count
        append(contentsOf: bytes)
        switch size {
        case 2: swapWords(UInt16.self, from: start)
        case 4: swapWords(UInt32.self, from: start)
        case 8: swapWords(UInt64.self, from: start)
        default: preconditionFailure("no number has \(size) bytes")
        }
    }

    private mutating func swapWords<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, from start: Int) {
        let size = MemoryLayout<Word>.size
        withUnsafeMutableBytes { buffer in
            for offset in stride(from: start, through: buffer.count - size, by: size) {
                let word = buffer.loadUnaligned(fromByteOffset: offset, as: type)
                buffer.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: type)
            }
        }
    }
}
