import CKernels

/// The set of cores a thread may run on.
struct ThreadAffinity: Sendable, Equatable {
    /// Bit n % 64 of word n / 64 is core n.
    private var words: [UInt64]

    /// Linux' own limit, CPU_SETSIZE.
    private static let largestCoreCount = 1_024

    init(cores: [Int]) {
        words = [UInt64](repeating: 0, count: Self.largestCoreCount / 64)
        for core in cores where (0..<Self.largestCoreCount).contains(core) {
            words[core / 64] |= 1 << UInt64(core % 64)
        }
    }

    /// That of the calling thread; nil where the system cannot say.
    static var current: ThreadAffinity? {
        var result = ThreadAffinity(cores: [])
        return ck_thread_cores(result.words.count, &result.words) == 0 ? result : nil
    }

    var cores: [Int] { (0..<Self.largestCoreCount).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 } }

    /// Keeps the calling thread to these cores. A refusal costs speed, nothing else, and is ignored.
    func apply() { _ = ck_keep_thread_to_cores(words.count, words) }
}
