/// The order of the bytes of a word (PS3.5 section 7.3).
enum WordOrder: Sendable {
    case little
    case big

    /// The 16-bit words of `bytes`; a last odd byte is left out.
    func words(_ bytes: ArraySlice<UInt8>) -> [UInt16] {
        bytes.withUnsafeBufferPointer { bytes in
            (0..<bytes.count / 2).map { index in
                let first = UInt16(bytes[2 * index])
                let second = UInt16(bytes[2 * index + 1])
                return self == .little ? first | second << 8 : first << 8 | second
            }
        }
    }

    /// Single bytes that were packed into 16-bit words (VR OW): in big endian each pair stands swapped.
    func unpackedBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        if self == .little { return Array(bytes) }
        return words(bytes).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }
}
