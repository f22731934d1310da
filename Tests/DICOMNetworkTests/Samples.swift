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
    static func folder() async throws -> String { try await Repository.pydicomFiles().path }

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
