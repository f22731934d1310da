import Foundation
import Records
import Spool

/// A row of a stage's audit log, as whoever exports the log reads it.
public struct AuditedRow: Sendable, CustomStringConvertible {
    public let number: Int64
    /// Of the event; numbers as decimal text.
    public let fields: [String: String]
    /// The exported line.
    public let line: String

    public subscript(_ field: String) -> String? { fields[field] }

    public var description: String { line }

    /// All rows of a log whose chain holds.
    ///
    /// - Parameter folder: the stage's own.
    /// - Throws: where there is no log, or where it is not intact.
    public static func all(of stage: Stage, in folder: String) throws -> [AuditedRow] {
        guard let reader = try AuditReader(stage: stage, folder: folder) else {
            throw TestSupportError("\(stage.rawValue) keeps no log")
        }
        if let fault = try reader.verify().fault { throw fault }
        var text: [UInt8] = []
        try reader.export { lines, _ in text += lines }
        return try text.split(separator: UInt8(ascii: "\n")).map { line in
            let json = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            guard let number = json?["number"] as? Int, let event = json?["event"] as? [String: Any] else {
                throw TestSupportError("a line is no row")
            }
            return AuditedRow(
                number: Int64(number), fields: event.mapValues { "\($0)" }, line: String(decoding: line, as: UTF8.self))
        }
    }

    /// The rows of one kind.
    public static func all(
        _ kind: AuditEvent.Kind, of stage: Stage, in folder: String
    ) throws -> [AuditedRow] {
        try all(of: stage, in: folder).filter { $0["kind"] == kind.rawValue }
    }
}
