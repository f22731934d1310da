import DICOM
import Foundation
import Records

/// A DICOM file, read whole.
public struct DICOMFile: Sendable {
    public let transferSyntax: TransferSyntax
    public let dataSet: DataSet

    public init(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let (_, syntax, body) = try Part10.split(bytes[...])
        transferSyntax = syntax
        dataSet = try DataSetReader.read(body, syntax)
    }

    /// Writes a result as a file.
    public static func write(_ object: ResultObject, to path: String) throws {
        let header = Part10.header(
            sopClassUID: object.sopClassUID, sopInstanceUID: object.sopInstanceUID,
            transferSyntax: object.transferSyntax)
        try Data(header + object.dataSet).write(to: URL(fileURLWithPath: path))
    }
}
