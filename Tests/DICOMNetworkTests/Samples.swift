import DICOM
import Foundation
import TestSupport

/// The Part 10 files that pydicom's wheel carries.
enum Samples {
    struct File: Sendable {
        var path: String
        var sopClassUID: UID
        var sopInstanceUID: UID
        var transferSyntax: TransferSyntax
        var dataSet: [UInt8]
    }

    /// The folder is walked: pydicom's own function for it tries to download what is missing.
    static func folder() async throws -> String {
        let found = try await Processes.run(
            Processes.python, ["-c", "import pydicom, os; print(os.path.dirname(pydicom.__file__))"])
        return found.output.trimmingCharacters(in: .whitespacesAndNewlines) + "/data/test_files"
    }

    static func named(_ name: String) async throws -> File {
        try read(try await folder() + "/" + name)
    }

    static func read(_ path: String) throws -> File {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let (meta, syntax, dataSet) = try Part10.split(bytes[...])
        guard let sopClass = meta.uid(.mediaStorageSOPClassUID), let instance = meta.uid(.mediaStorageSOPInstanceUID)
        else { throw DataSetError.missing(.mediaStorageSOPClassUID) }
        return File(
            path: path, sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: syntax,
            dataSet: Array(dataSet))
    }
}
