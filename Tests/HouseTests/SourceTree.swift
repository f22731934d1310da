import Foundation

/// The repository's Swift files, found from this file's own place.
struct SourceTree {
    struct File {
        /// From the repository's root, such as `Sources/DICOM/Tag.swift`.
        var path: String
        var lines: [String]

        /// The folder below `Sources` or `Tests`.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        /// Written by a program, which the program's tests look after.
        var isGenerated: Bool { path.hasSuffix("+Generated.swift") }
    }

    /// All below `folder` (`Sources` or `Tests`), in the order of their paths.
    static func swiftFiles(in folder: String) throws -> [File] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let base = root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return File(path: "\(folder)/\(path)", lines: lines)
        }
    }
}
