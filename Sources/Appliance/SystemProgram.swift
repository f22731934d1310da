import Foundation
import Synchronization

/// A program of the system that is asked for something: found in the system's own folders, with no input, a bounded
/// output and a limit on its time.
struct SystemProgram: Sendable {
    /// Whose output is not longer than this is given whole; in bytes.
    static let longestOutput = 8 << 20
    static let patience = Duration.seconds(30)
    /// Where root's programs may come from. The environment's PATH could be anybody's.
    private static let folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]

    /// What a program said.
    struct Answer: Sendable {
        var status: Int32
        var output: Data
        /// More was said than fits, or the program was ended because it took too long.
        var isCut: Bool
    }

    private let name: String
    private let arguments: [String]
    private let longestOutput: Int

    init(_ name: String, _ arguments: [String], longestOutput: Int = Self.longestOutput) {
        (self.name, self.arguments, self.longestOutput) = (name, arguments, longestOutput)
    }

    /// Runs it; nil where this system has no such program or does not start it.
    func run() async -> Answer? {
        guard let path = Self.folders.map({ "\($0)/\(name)" })
            .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else { return nil }
        return await BlockingWork.run { self.run(path) }
    }

    func succeeds() async -> Bool { await run()?.status == 0 }

    private func run(_ path: String) -> Answer? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["PATH": Self.folders.joined(separator: ":"), "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return nil }
        let isLate = Mutex(false)
        let alarm = DispatchWorkItem { [processID = process.processIdentifier] in
            isLate.withLock { $0 = true }
            kill(processID, SIGKILL)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience.seconds, execute: alarm)
        var output = Data()
        while output.count <= longestOutput,
            let part = try? pipe.fileHandleForReading.read(upToCount: 64 * 1024), !part.isEmpty {
            output.append(part)
        }
        // Closed before its end, the pipe ends a program that goes on.
        try? pipe.fileHandleForReading.close()
        process.waitUntilExit()
        alarm.cancel()
        let isTooLong = output.count > longestOutput
        return Answer(
            status: process.terminationStatus, output: output.prefix(longestOutput),
            isCut: isTooLong || isLate.withLock { $0 })
    }
}
