import DICOM

/// Changes inputs where it hurts: lengths, representations, tags and nesting of elements more often than plain bytes.
///
/// Everything follows from the seed: the same number repeats the same inputs.
struct Mutator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { bound < 1 ? 0 : Int(next() % UInt64(bound)) }

    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// A changed input, made of `seed` and now and then a piece of `other`.
    mutating func mutated(_ seed: [UInt8], _ other: [UInt8], settingCount: Int) -> [UInt8] {
        var bytes = seed
        for _ in 0...below(4) {
            guard bytes.count > settingCount + 16 else { break }
            change(&bytes, other, from: settingCount)
        }
        if settingCount > 0, below(20) == 0, !bytes.isEmpty { bytes[below(settingCount)] = UInt8(below(256)) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8], from start: Int) {
        let index = start + below(bytes.count - start - 16)
        // Elements begin at even places; more often than not this hits one.
        let header = headers(in: bytes, from: start).randomElement(using: &self) ?? index
        switch below(12) {
        case 0: bytes[index] = UInt8(below(256))
        case 1: bytes[index] ^= 1 << UInt8(below(8))
        case 2: setLength(&bytes, at: header)
        case 3: setVR(&bytes, at: header)
        case 4: bytes.replaceSubrange(header..<header + 4, with: one(of: Self.tags))
        case 5: bytes.insert(contentsOf: one(of: Self.tags) + [0xFF, 0xFF, 0xFF, 0xFF], at: header)
        case 6: bytes.insert(contentsOf: Array(repeating: Self.opening, count: 1 + below(80)).joined(), at: header)
        case 7: bytes.removeSubrange(header..<min(bytes.count, header + 1 + below(24)))
        case 8: bytes.insert(contentsOf: bytes[header..<min(bytes.count, header + 1 + below(64))], at: index)
        case 9: bytes.removeLast(below(bytes.count - start))
        case 10: bytes.append(contentsOf: [UInt8](repeating: 0, count: below(20)))
        default:
            guard other.count > 16 else { return }
            let piece = other[below(other.count - 8)...].prefix(1 + below(200))
            bytes.insert(contentsOf: piece, at: header)
        }
    }

    private mutating func setLength(_ bytes: inout [UInt8], at header: Int) {
        let lengths: [UInt32] = [
            0, 1, 2, 3, 7, 8, 0xFF, 0x1001, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF, 0xFFFE,
            UInt32(bytes.count), UInt32(bytes.count - header), UInt32(max(0, bytes.count - header - 8)),
        ]
        let length = one(of: lengths)
        let place = header + one(of: [4, 6, 8])
        for index in 0..<4 where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index)))
        }
    }

    private mutating func setVR(_ bytes: inout [UInt8], at header: Int) {
        let vr = one(of: VR.allCases)
        bytes[header + 4] = UInt8(vr.rawValue >> 8)
        bytes[header + 5] = UInt8(vr.rawValue & 0xFF)
    }

    /// Where the bytes look like a header: a group of the seeds, or a representation behind four bytes.
    private func headers(in bytes: [UInt8], from start: Int) -> [Int] {
        (start..<bytes.count - 16).filter { index in
            VR(rawValue: UInt16(bytes[index + 4]) << 8 | UInt16(bytes[index + 5])) != nil
                || (bytes[index] == 0xFE && bytes[index + 1] == 0xFF)
        }
    }

    /// An element, or an item, of undefined length in little endian.
    private static let opening: [UInt8] = [
        0x40, 0, 0x30, 0xA7, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
    ]

    /// Items, delimiters, pixel data, group lengths, private creators, the character set and a tag of zeros.
    private static let tags: [[UInt8]] = [
        [0xFE, 0xFF, 0x00, 0xE0], [0xFE, 0xFF, 0x0D, 0xE0], [0xFE, 0xFF, 0xDD, 0xE0], [0xFF, 0xFE, 0xE0, 0x00],
        [0xE0, 0x7F, 0x10, 0x00], [0x7F, 0xE0, 0x00, 0x10], [0x08, 0x00, 0x00, 0x00], [0x09, 0x00, 0x10, 0x00],
        [0x08, 0x00, 0x05, 0x00], [0x28, 0x00, 0x03, 0x01], [0x28, 0x00, 0x06, 0x30], [0x00, 0x00, 0x00, 0x00],
        [0xFC, 0xFF, 0xFC, 0xFF],
    ]
}
