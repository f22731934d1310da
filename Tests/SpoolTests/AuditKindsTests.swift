import Foundation
import Records
import Testing
import TestSupport

/// Nothing is promised that is not written, and nothing written that is not promised.
@Suite("The kinds of audit events")
struct AuditKindsTests {
    private struct KindRow {
        var kind: String
        var stages: Set<String>
        /// Those that the table names in code style.
        var fields: Set<String>
    }

    /// The rows of the table in `docs/OPERATIONS.md` that begins with `| kind |`.
    private static func table() throws -> [KindRow] {
        let document = Repository.root.appendingPathComponent("docs/OPERATIONS.md")
        let lines = try String(contentsOf: document, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { !$0.hasPrefix("| kind |") }.dropFirst(2).prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return KindRow(
                kind: cells[0].filter { $0 != "`" },
                stages: Set(cells[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }),
                fields: Set(cells[2].matches(of: /`([A-Za-z0-9]+)`/).map { String($0.output.1) }))
        }
    }

    @Test("The table for operators names each kind once, a stage that keeps a log, and fields that there are")
    func documented() throws {
        let rows = try Self.table()
        #expect(rows.map(\.kind).sorted() == AuditEvent.Kind.allCases.map(\.rawValue).sorted())
        // Those that the writer of the JSON knows.
        let writer = Repository.root.appendingPathComponent("Sources/Records/Audit/AuditEvent+JSON.swift")
        let keys = try String(contentsOf: writer, encoding: .utf8).matches(of: /json\.add\w*\("(\w+)"/)
        let known = Set(keys.map { String($0.output.1) })
        for row in rows {
            #expect(row.stages.isSubset(of: Stage.allCases.map(\.rawValue)) && !row.stages.isEmpty, "\(row.kind)")
            #expect(row.fields.isSubset(of: known), "\(row.kind): \(row.fields.subtracting(known))")
        }
    }

    @Test("Each kind is written somewhere, and some test looks for its row")
    func used() throws {
        let sources = try Self.text(of: ["Spool", "Appliance"], in: "Sources")
        let tests = try Self.text(of: ["SpoolTests", "SliceTests", "ApplianceTests"], in: "Tests")
        for kind in AuditEvent.Kind.allCases {
            // As an event of a time, or of several instances, or as what an operator's change is called.
            let written = try Regex("\\.\(kind)\\b[^\n]*( at: |instances, entries)|: \\.\(kind)\n")
            #expect(sources.contains(written), "\(kind) is never written")
            #expect(tests.contains(try Regex("\"\(kind)\"|\\.\(kind)\\b")), "\(kind) is never looked for")
        }
    }

    private static func text(of targets: [String], in folder: String) throws -> String {
        try targets.map { target in
            let path = Repository.root.appendingPathComponent("\(folder)/\(target)").resolvingSymlinksInPath().path
            return try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
                .map { try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }.joined()
        }.joined()
    }
}
