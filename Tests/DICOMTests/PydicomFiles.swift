import DICOM
import Foundation
import Testing

/// The files that pydicom's wheel carries. The folder is walked: pydicom's own function for it may try to download.
enum PydicomFiles {
    struct File: Sendable, CustomTestStringConvertible {
        var path: String
        var syntax: TransferSyntax
        var dataSet: [UInt8]
        var testDescription: String { URL(filePath: path).lastPathComponent }
    }

    static var python: String { ProcessInfo.processInfo.environment["OUTPOST_PYTHON"] ?? "python3" }

    /// Runs Python and gives what it wrote to its standard output.
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, "-W", "ignore", "-c", script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }

    static let folder: String = {
        let script = "import os, pydicom; print(os.path.dirname(pydicom.__file__))"
        let found = (try? run(script, []))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return found + "/data/test_files"
    }()

    /// Every Part 10 file in a readable syntax, in the order of their paths.
    static let readable: [File] = {
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
        return paths.compactMap { name in
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path),
                let (_, syntax, dataSet) = try? Part10.split([UInt8](data)[...]), syntax.isReadable
            else { return nil }
            return File(path: path, syntax: syntax, dataSet: Array(dataSet))
        }
    }()

    static func named(_ name: String) -> File? { readable.first { $0.path.hasSuffix("/" + name) } }
}

/// A repeatable source of chance (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
