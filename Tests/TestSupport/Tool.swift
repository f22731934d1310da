import Foundation
import Synchronization

/// What a program answered.
public struct ToolOutput: Sendable {
    public let exitCode: Int32
    public let output: Data
    /// Of standard error.
    public let errors: String

    public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs the real counterparts that tests ask, for tests that are not asynchronous.
public enum Tool {
    /// Runs `name` from PATH and waits for its end.
    public static func run(_ name: String, _ arguments: [String]) throws -> ToolOutput {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try ProcessStart.start(process)
        // Both pipes are drained at once: a program that fills one would otherwise wait for ever.
        let collected = Mutex(Data())
        let group = DispatchGroup()
        let reading = errors.fileHandleForReading
        DispatchQueue.global().async(group: group) {
            let data = reading.readDataToEndOfFile()
            collected.withLock { $0 = data }
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        let words = collected.withLock { String(decoding: $0, as: UTF8.self) }
        return ToolOutput(exitCode: process.terminationStatus, output: data, errors: words)
    }

    /// Runs a Python script that lies in `folder` beside the tests, with the interpreter of `OUTPOST_PYTHON`.
    public static func python(_ script: String, _ arguments: [String] = []) throws -> ToolOutput {
        let result = try run(Repository.python, [script] + arguments)
        guard result.exitCode == 0 else { throw ToolFailure(script: script, errors: result.errors) }
        return result
    }
}

public struct ToolFailure: Error, CustomStringConvertible {
    public let script: String
    public let errors: String
    public var description: String { "\(script) failed:\n\(errors)" }
}
