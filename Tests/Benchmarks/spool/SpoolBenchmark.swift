import Foundation

/// How fast the spool keeps objects beside the disk's own limit, and how fast the courier's queues are at up to a
/// million waiting parcels. Only ratios of one run mean something; the figures are this machine's.
///
/// Usage: outpost-bench-spool FOLDER [REPETITIONS] [MOST-PARCELS]
@main
struct SpoolBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.first else {
            print("usage: outpost-bench-spool FOLDER [REPETITIONS] [MOST-PARCELS]")
            exit(64)
        }
        let repetitions = arguments.dropFirst().first.flatMap { Int($0) } ?? 5
        let most = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1_000_000
        let root = URL(fileURLWithPath: folder).appendingPathComponent("spool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        print("\(ProcessInfo.processInfo.processorCount) processors, \(repetitions) repetitions, medians\n")
        print(try await CommitBenchmark(root: root, repetitions: repetitions).run().text + "\n")
        print(try QueueBenchmark(root: root, sizes: [1000, 100_000, 1_000_000].filter { $0 <= most }).run().text)
    }
}
