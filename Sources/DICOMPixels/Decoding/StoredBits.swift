/// Where a sample's bits lie in its word: shifts them down to bit 0, drops what lies outside, extends the sign.
struct StoredBits: Sendable {
    private let lowBit: UInt32
    private let mask: UInt32
    private let sign: UInt32
    private let isSigned: Bool

    /// - Parameters:
    ///   - stored: 1 to 32.
    ///   - high: the sign's place where `isSigned`; at most 31.
    init(stored: Int, high: Int, isSigned: Bool) {
        precondition((1...32).contains(stored) && high < 32 && high + 1 >= stored, "bits within a word")
        lowBit = UInt32(high + 1 - stored)
        mask = UInt32.max >> UInt32(32 - stored)
        sign = isSigned ? 1 << UInt32(stored - 1) : 0
        self.isSigned = isSigned
    }

    init(_ description: PixelDescription) {
        self.init(stored: description.bitsStored, high: description.highBit, isSigned: description.isSigned)
    }

    /// The sample in `word`. Unsigned 32-bit ones above `Int32.max` come out negative; see ``fits(_:)``.
    func callAsFunction(_ word: UInt32) -> Int32 {
        // Flipping the sign bit and taking its weight away again extends the sign without a branch.
        Int32(bitPattern: ((word >> lowBit & mask) ^ sign) &- sign)
    }

    /// Whether every sample is what it was: only unsigned samples of 32 bits can be beyond `Int32`.
    func fits(_ samples: [Int32]) -> Bool { isSigned || mask < UInt32.max || samples.allSatisfy { $0 >= 0 } }
}
