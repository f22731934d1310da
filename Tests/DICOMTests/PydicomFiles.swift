import DICOM
import Foundation
import TestSupport
import Testing

/// The files that pydicom's wheel carries. The folder is walked: pydicom's own function for it may try to download.
enum PydicomFiles {
    struct File: Sendable, CustomTestStringConvertible {
        var path: String
        var syntax: TransferSyntax
        /// The bytes behind the file meta information.
        var dataSet: [UInt8]
        var testDescription: String { URL(filePath: path).lastPathComponent }
    }

    /// Runs Python and gives what it wrote.
    static func run(_ script: String, _ arguments: [String]) async throws -> String {
        try await Subprocess.run([Repository.python, "-W", "ignore", "-c", script] + arguments).output
    }

    /// Runs a script of this folder's `Python` and gives its lines.
    static func lines(_ script: String, _ arguments: [String]) async throws -> [Substring] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python/\(script)").path
        let output = try await Subprocess.run([Repository.python, "-W", "ignore", path] + arguments).output
        return output.split(separator: "\n")
    }

    /// Every Part 10 file in a readable syntax, in the order of their paths.
    static var readable: [File] {
        get async { await loading.value }
    }

    static func named(_ name: String) async -> File? { await readable.first { $0.path.hasSuffix("/" + name) } }

    /// Read once for all tests, without holding up a thread of the pool while Python runs.
    private static let loading = Task<[File], Never> {
        let script = "import os, pydicom; print(os.path.dirname(pydicom.__file__))"
        let found = (try? await run(script, []))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        let folder = found + "/data"
        let paths = FileManager.default.subpaths(atPath: folder)?.sorted() ?? []
        return paths.compactMap { name in
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path),
                let (_, syntax, dataSet) = try? Part10.split([UInt8](data)[...]), syntax.isReadable
            else { return nil }
            return File(path: path, syntax: syntax, dataSet: Array(dataSet))
        }
    }
}
