import DICOM
import Foundation
import Records
import Spool

/// Objects a second that ``InstanceStore`` makes durable, beside writing and syncing the same bytes without a spool.
struct CommitBenchmark {
    /// Bytes of an object, and how many of them one measurement keeps.
    private static let loads = [(bytes: 16 * 1024, count: 800), (bytes: 512 * 1024, count: 240)]
    private static let writers = [1, 4, 16]

    let root: URL
    let repetitions: Int

    private struct Case: Hashable {
        var bytes: Int
        var count: Int
        var writers: Int
    }

    func run() async throws -> Table {
        let cases = Self.loads.flatMap { load in
            Self.writers.map { Case(bytes: load.bytes, count: load.count, writers: $0) }
        }
        var spool: [Case: [Double]] = [:]
        var disk: [Case: [Double]] = [:]
        for repetition in 0..<repetitions {
            for one in cases {
                // In turns, and each begins every other time.
                for isSpool in repetition % 2 == 0 ? [true, false] : [false, true] {
                    let folder = root.appendingPathComponent(UUID().uuidString)
                    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                    let rate = Double(one.count) / (isSpool
                        ? try await spoolSeconds(one, folder) : try await diskSeconds(one, folder))
                    if isSpool { spool[one, default: []].append(rate) } else { disk[one, default: []].append(rate) }
                    try FileManager.default.removeItem(at: folder)
                    // What one left unwritten must not burden the next.
                    sync()
                }
            }
        }
        var table = Table(["objects", "writers", "spool/s", "disk/s", "spool ÷ disk", "from … to"])
        for one in cases {
            let pairs = zip(spool[one] ?? [], disk[one] ?? []).map { $0 / $1 }
            table.add([
                "\(one.bytes / 1024) KB", "\(one.writers)", text(median(spool[one] ?? [])),
                text(median(disk[one] ?? [])), text(median(pairs), 2),
                "\(text(pairs.min() ?? .nan, 2)) … \(text(pairs.max() ?? .nan, 2))",
            ])
        }
        return table
    }

    /// From the first object's beginning to the last one's success, rows in the index not waited for: as intake.
    private func spoolSeconds(_ one: Case, _ folder: URL) async throws -> Double {
        let spool = try IntakeSpool(folder: folder.path)
        let store = spool.instances
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<one.writers {
                group.addTask {
                    var content = Self.content(one.bytes)
                    for number in stride(from: writer, to: one.count, by: one.writers) {
                        // Others each time: equal ones would be recognised.
                        withUnsafeBytes(of: number) { content.replaceSubrange(0..<$0.count, with: $0) }
                        let file = try store.begin()
                        try file.append(content)
                        _ = try await store.commit(file, Self.description(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        let time = start.duration(to: .now) / .seconds(1)
        try await store.settle()
        return time
    }

    /// The same bytes to files whose names are durable already, one fdatasync each, by as many threads.
    private func diskSeconds(_ one: Case, _ folder: URL) async throws -> Double {
        let disk = SystemDisk()
        let paths = (0..<one.count).map { "\(folder.path)/\($0)" }
        for path in paths { try disk.createFile(path) }
        try disk.synchronizeFolder(folder.path)
        let failures = Failures()
        let time = seconds {
            let threads = (0..<one.writers).map { writer in
                let done = DispatchSemaphore(value: 0)
                Thread.detachNewThread {
                    defer { done.signal() }
                    let content = Self.content(one.bytes)
                    failures.keep {
                        for number in stride(from: writer, to: one.count, by: one.writers) {
                            let file = try disk.open(paths[number], for: .writing)
                            try content.withUnsafeBytes { try file.write($0, at: 0) }
                            try file.synchronizeData()
                        }
                    }
                }
                return done
            }
            for thread in threads { thread.wait() }
        }
        try failures.rethrow()
        return time
    }

    /// Noise, which no layer below can shrink.
    private static func content(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
    }

    private static func description(_ number: Int) throws -> InstanceDescription {
        let study = try uid("2.\(number / 100 + 1)")
        return InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: try uid("1.\(number + 1)"),
            studyInstanceUID: study, seriesInstanceUID: study, transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "BENCHMARK", calledAETitle: "OUTPOST", address: "127.0.0.1"),
            received: RecordedTime(Timestamp(microseconds: 1_767_225_600_000_000), isTrusted: true), modality: "CT",
            bodyPartExamined: nil)
    }

    private static func uid(_ end: String) throws -> UID {
        guard let uid = UID("1.2.3.\(end)") else { throw CocoaError(.coderInvalidValue) }
        return uid
    }
}

/// The first failure of several threads.
private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var first: (any Error)?

    func keep(_ body: () throws -> Void) {
        do { try body() } catch { lock.withLock { first = first ?? error } }
    }

    func rethrow() throws { if let first = lock.withLock({ first }) { throw first } }
}
