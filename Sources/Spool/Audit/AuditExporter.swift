import Records

/// A row of an audit log as a line of JSON, for those who keep or verify it elsewhere:
///
/// ```
/// {"stage":"intake","number":7,"previous":"…","hash":"…","event":{"kind":"instanceReceived",…}}
/// ```
///
/// The keys stand in this order. What is hashed (``AuditHash``) is every byte between `"event":` and the line's last
/// brace, just as it stands there. A row that this program did not write does not break the lines: its event becomes a
/// text, or null where it is too long or no event at all.
enum AuditLine {
    static func encode(_ row: AuditRow, after previous: Records.Digest?, in stage: Stage) -> [UInt8] {
        var line = Array(#"{"stage":"\#(stage.rawValue)","number":\#(row.number)"#.utf8)
        line += Array(#","previous":\#(quoted(previous)),"hash":\#(quoted(row.hash)),"event":"#.utf8)
        line += event(row)
        line += Array("}\n".utf8)
        return line
    }

    private static func quoted(_ digest: Records.Digest?) -> String { digest.map { "\"\($0)\"" } ?? "null" }

    private static func event(_ row: AuditRow) -> [UInt8] {
        guard let event = row.event else { return Array("null".utf8) }
        let isPlain = event.allSatisfy { (0x20...0x7E).contains($0) }
        return row.isJSON && isPlain ? event : quoted(event)
    }

    /// As a JSON string of printable ASCII, one character for each byte.
    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for byte in bytes {
            let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            text += isPlain ? [byte] : Array(#"\u00"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        text.append(UInt8(ascii: "\""))
        return text
    }
}

/// Some rows of a log and the lines that they make.
struct AuditLines: Sendable {
    var rows: [AuditRow]
    var bytes: [UInt8]
}

/// Turns a log's rows into lines, a page at a time.
struct AuditExporter {
    private let pages: AuditPages
    private var last: Int64
    /// Of the row that stands in the log before the next line; nil where it is not there.
    private var previous: Records.Digest?

    /// Begins behind row `number`, or behind the anchor where that is later.
    init(_ pages: AuditPages, after number: Int64) throws(SpoolError) {
        self.pages = pages
        let anchor = try pages.anchor()
        last = max(number, anchor.number)
        previous = last == anchor.number ? anchor.hash : try pages.hash(ofRow: last)
    }

    /// Some whole lines; nil at the end.
    ///
    /// - Parameter limit: rows behind this one are left out.
    mutating func next(through limit: Int64 = .max) throws(SpoolError) -> AuditLines? {
        let page = try pages.rows(after: last)
        let rows = page.rows.filter { $0.number <= limit }
        guard let newest = rows.last else { return nil }
        var bytes: [UInt8] = []
        for row in rows {
            bytes += AuditLine.encode(row, after: previous, in: page.stage)
            previous = row.hash
        }
        last = newest.number
        return AuditLines(rows: rows, bytes: bytes)
    }
}
