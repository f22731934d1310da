import Foundation
import TestSupport
import Testing

/// The onnx package's own tests of operators and their attributes; see Tests/Conformance/conformance.py.
@Suite("ONNX node tests", .enabled(if: Python.hasRuntime, "needs OUTPOST_PYTHON with onnx"))
struct NodeTests {
    /// Beside the tests, where the same build puts it.
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("outpost-conformance").path
    private static let script = Repository.root.appendingPathComponent("Tests/Conformance/conformance.py").path

    @Test("none fails, and those that should pass do")
    func nodeTests() throws {
        let result = try Tool.run(Repository.python, [Self.script, "--program", Self.program])
        let failures = result.text.split(separator: "\n").filter { $0.hasPrefix("FAILED") }
        #expect(result.exitCode == 0, "\(failures.joined(separator: "\n"))\n\(result.errors.suffix(2000))")
        // | **all** | **passed** | ...
        let total = result.text.split(separator: "\n").last { $0.hasPrefix("| **all**") }
        let passed = total?.split(separator: "|").dropFirst().first?.filter(\.isNumber)
        #expect(passed.flatMap { Int($0) } ?? 0 >= 700)
    }
}
