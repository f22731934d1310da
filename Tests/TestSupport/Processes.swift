import Foundation

/// Runs the real counterparts: dcmtk's tools and Python.
public enum Processes {
    public struct Result: Sendable {
        public var status: Int32
        public var output: String
    }

    /// Python with pydicom and pynetdicom.
    public static var python: String { Repository.python }

    /// Runs a program of the search path to its end and gives all that it wrote.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Result {
        let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let process = try make(program, arguments, environment, log)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try ProcessStart.start(process)
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return Result(status: status, output: try String(contentsOf: log, encoding: .utf8))
    }

    /// Keeps a program running while `body` does.
    public static func with<Value>(
        _ program: String, _ arguments: [String], _ body: () async throws -> Value
    ) async throws -> Value {
        let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let process = try make(program, arguments, [:], log)
        let (exits, exiting) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in exiting.finish() }
        try ProcessStart.start(process)
        let outcome: Swift.Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        // A child inherits the signal mask of the thread that starts it, and those of the pool block SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        for await _ in exits {}
        return try outcome.get()
    }

    private static func make(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ log: URL
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        // dcmtk leaves Nagle's algorithm on unless told otherwise.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TCP_NODELAY": "1"]) { $1 }.merging(environment) { $1 }
        let handle = try FileHandle(forWritingTo: log)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        return process
    }
}
