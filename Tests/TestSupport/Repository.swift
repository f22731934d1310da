import Foundation

/// Where things are that tests use.
public enum Repository {
    /// The repository's root folder, found from this source file.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Python that has pydicom: the environment's OUTPOST_PYTHON, or `python3` of the path.
    public static var python: String { ProcessInfo.processInfo.environment["OUTPOST_PYTHON"] ?? "python3" }

    /// The folder of real DICOM files that pydicom's wheel brings along.
    public static func pydicomFiles() async throws -> URL {
        let script = "import os, pydicom; print(os.path.join(os.path.dirname(pydicom.__file__), 'data', 'test_files'))"
        let result = try await Subprocess.run([python, "-c", script]).requireSuccess()
        return URL(fileURLWithPath: result.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// What went wrong with something that tests need, in words.
public struct TestSupportError: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
