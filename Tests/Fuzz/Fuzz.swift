import Foundation

/// `outpost-fuzz TARGET COUNT [SEED-FOLDER]`: runs a target's regressions, then COUNT changed inputs, always the same
/// ones. `all` stands for every target.
///
/// A crash ends the process; the input that caused it is left in `outpost-fuzz-TARGET.input` in the folder for
/// temporary files, behind eight bytes with its length. Put it into `Tests/Fuzz/Regressions/TARGET/` once it is
/// understood.
@main
enum Fuzz {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let names = FuzzTarget.all.map(\.name)
        guard (2...3).contains(arguments.count), let name = arguments.first,
            let count = Int(arguments[arguments.startIndex + 1]), count >= 0, name == "all" || names.contains(name)
        else {
            print("usage: outpost-fuzz all|\(names.joined(separator: "|")) COUNT [SEED-FOLDER]")
            exit(64)
        }
        let folder = arguments.count == 3 ? arguments.last : nil
        for target in FuzzTarget.all where name == "all" || target.name == name {
            run(target, count: count / target.cost, seedFolder: folder)
        }
    }

    private static func run(_ target: FuzzTarget, count: Int, seedFolder: String?) {
        let started = ContinuousClock.now
        guard let record = InputRecord(target: target.name) else {
            print("\(target.name): the folder for temporary files cannot be written")
            exit(74)
        }
        let regressions = files(in: regressionFolder.appending(path: target.name).path)
        for regression in regressions { execute(target, regression, record) }
        var seeds = target.seeds()
        if let seedFolder {
            // Settings stand before the bytes; the smaller a file, the more of it is changed.
            let settings = [UInt8](repeating: 0, count: target.settingCount)
            seeds += files(in: seedFolder).filter { $0.count <= 64 * 1024 }.map { settings + $0 }
        }
        for seed in seeds { execute(target, seed, record) }
        for number in 0..<count {
            var mutator = Mutator(seed: UInt64(number))
            let seed = seeds[number % seeds.count]
            let other = seeds[(number / seeds.count) % seeds.count]
            let input = target.isMessage
                ? mutator.mutatedMessage(seed, other)
                : mutator.mutated(seed, other, settingCount: target.settingCount)
            execute(target, input, record)
        }
        record.remove()
        let seconds = (ContinuousClock.now - started).components.seconds
        print("\(target.name): \(regressions.count + seeds.count + count) executions, no crash, \(seconds) s")
    }

    private static func execute(_ target: FuzzTarget, _ input: [UInt8], _ record: InputRecord) {
        record.keep(input)
        input.withUnsafeBufferPointer { bytes in
            _ = target.function(bytes.baseAddress, bytes.count)
        }
    }

    private static let regressionFolder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Regressions")

    private static func files(in folder: String) -> [[UInt8]] {
        let names = (FileManager.default.subpaths(atPath: folder) ?? []).sorted()
        return names.compactMap { name in
            guard !name.hasPrefix("."), let data = FileManager.default.contents(atPath: folder + "/" + name) else {
                return nil
            }
            return [UInt8](data)
        }
    }
}

/// The input of the running execution, in a mapped file: writing costs a copy in memory, and a crash leaves it behind.
private struct InputRecord {
    private static let capacity = 4 << 20
    private let path: String
    private let file: UnsafeMutableRawPointer

    init?(target: String) {
        path = FileManager.default.temporaryDirectory.appending(path: "outpost-fuzz-\(target).input").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        // The mapping outlives it.
        defer { close(descriptor) }
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.capacity)) == 0,
            let mapped = mmap(nil, Self.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            mapped != MAP_FAILED
        else { return nil }
        file = mapped
    }

    /// The length in eight bytes, then the input, as far as there is room.
    func keep(_ input: [UInt8]) {
        let count = min(input.count, Self.capacity - 8)
        file.storeBytes(of: UInt64(count).littleEndian, as: UInt64.self)
        input.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            (file + 8).copyMemory(from: start, byteCount: count)
        }
    }

    /// Where nothing crashed there is nothing to look at.
    func remove() {
        munmap(file, Self.capacity)
        unlink(path)
    }
}
