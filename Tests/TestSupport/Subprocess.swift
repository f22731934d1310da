import Foundation

/// A program that a test starts: its output goes to files, so that nothing blocks, however much it writes.
public final class Subprocess: Sendable {
    public struct Result: Sendable {
        public var arguments: [String]
        public var status: Int32
        public var output: String
        public var errors: String

        /// All that the program said, for those that say the same things now here, now there.
        public var text: String { output + errors }

        /// The result itself if the program succeeded.
        @discardableResult
        public func requireSuccess() throws -> Result {
            guard status == 0 else {
                let words = arguments.prefix(3).joined(separator: " ")
                let ends = "\(output.suffix(2000))\n\(errors.suffix(2000))"
                throw TestSupportError("\(words) ... ended with \(status):\n\(ends)")
            }
            return self
        }
    }

    /// Swift's worker threads block signals and children inherit that: a program would never see SIGTERM. GNU's env
    /// ends it.
    #if os(Linux)
    private static let unblockSignals = ["--default-signal=TERM,INT"]
    #else
    private static let unblockSignals: [String] = []
    #endif

    private let process: Process
    private let arguments: [String]
    private let folder: TemporaryFolder

    /// Starts `arguments`, the first of which is a path or a name to be found in the path.
    ///
    /// `environment` is added to the test's own. Where `input` is given the program can read it; otherwise it reads
    /// nothing.
    public init(_ arguments: [String], environment: [String: String] = [:], input: Pipe? = nil) throws {
        self.arguments = arguments
        folder = try TemporaryFolder()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.unblockSignals + arguments
        // dcmtk leaves Nagle's algorithm on unless told otherwise, and then waits for most of its time.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TCP_NODELAY": "1"]) { _, new in new }.merging(environment) { _, new in new }
        if let input { process.standardInput = input } else { process.standardInput = FileHandle.nullDevice }
        let output = try Self.emptyFile(folder.file("output")), errors = try Self.emptyFile(folder.file("errors"))
        // Process keeps what it is given, and hundreds of programs are started.
        defer { for file in [output, errors] { try? file.close() } }
        process.standardOutput = output
        process.standardError = errors
        try ProcessStart.start(process)
    }

    /// Runs a program to its end; one that takes longer than `limit` is killed and an error.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], within limit: Duration = patience
    ) async throws -> Result {
        let program = try Subprocess(arguments, environment: environment)
        do {
            try await eventually("the end of \(arguments.first ?? "")", within: limit) { !program.isRunning }
        } catch {
            program.send(SIGKILL)
            throw error
        }
        return program.result
    }

    public var isRunning: Bool { process.isRunning }
    public var processIdentifier: Int32 { process.processIdentifier }
    public var output: String { text("output") }
    public var errors: String { text("errors") }

    /// What there is when the program has ended.
    public var result: Result {
        Result(arguments: arguments, status: process.terminationStatus, output: output, errors: errors)
    }

    public func send(_ signal: Int32) {
        // A process that has been waited for must not be signalled: its number may be somebody else's.
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// SIGTERM, then patience, then SIGKILL.
    public func stop() async throws {
        send(SIGTERM)
        do {
            try await eventually("the end of \(arguments.first ?? "") after SIGTERM") { !isRunning }
        } catch {
            send(SIGKILL)
            throw error
        }
    }

    private func text(_ name: String) -> String {
        (try? Data(contentsOf: folder.file(name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func emptyFile(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }
}
