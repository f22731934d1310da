#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The cores this process may compute on. Of a processor with cores of several kinds the slow ones are told apart: a
/// step cut into equal parts would wait for them.
///
/// Source: Linux, Documentation/ABI/testing/sysfs-devices-system-cpu, `cpu_capacity`.
public struct ProcessorCores: Sendable, Equatable {
    /// By the system's numbers, ascending, at least one.
    public let all: [Int]
    /// Those that come near the fastest: ``all`` where they are of one kind or nothing is known.
    public let fast: [Int]

    /// A core counts as fast from this share of the fastest one's capacity on. Cores made for speed differ by less,
    /// those made to save power have about half or less.
    static let fastShare = 2.0 / 3.0

    /// - Parameter capacities: of cores whose capacity is known, by number.
    init(all: [Int], capacities: [Int: Int]) {
        precondition(!all.isEmpty, "no cores")
        self.all = all
        let largest = all.compactMap { capacities[$0] }.max() ?? 0
        // One unknown capacity makes the others meaningless.
        let isKnown = all.allSatisfy { capacities[$0] != nil }
        fast = isKnown ? all.filter { Double(capacities[$0] ?? 0) >= Self.fastShare * Double(largest) } : all
    }

    /// What the system says of itself.
    public static var ofThisSystem: ProcessorCores {
        let all = ThreadAffinity.current?.cores ?? Array(0..<max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
        return ProcessorCores(all: all.isEmpty ? [0] : all, folder: "/sys/devices/system/cpu")
    }

    /// With capacities as the kernel shows them: `folder/cpu3/cpu_capacity` holds a number.
    init(all: [Int], folder: String) {
        var capacities: [Int: Int] = [:]
        for core in all { capacities[core] = Self.number(inFile: "\(folder)/cpu\(core)/cpu_capacity") }
        self.init(all: all, capacities: capacities)
    }

    /// How many threads compute unless the configuration says otherwise: one core is left for receiving. Where there
    /// are slow cores, those do that.
    public var defaultThreads: Int { fast.count < all.count ? fast.count : max(1, all.count - 1) }

    /// The cores that so many threads should keep to, or nil where the system may choose.
    func cores(forThreads count: Int) -> [Int]? {
        fast.count < all.count && count <= fast.count ? fast : nil
    }

    /// The decimal number a small file begins with.
    private static func number(inFile path: String) -> Int? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
