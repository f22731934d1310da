import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("Tampering with the audit log")
struct AuditTamperingTests {
    /// What somebody does to a log of 20 rows, and what is to be said of it.
    struct Tampering: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fault: @Sendable (_ head: AuditHead) -> AuditFault
        /// Whether it shows only to those who noted the head.
        var needsHead = false
        var act: @Sendable (AuditFixture, Database) throws -> Void

        init(
            _ description: String, needsHead: Bool = false, _ fault: @escaping @Sendable (AuditHead) -> AuditFault,
            act: @escaping @Sendable (AuditFixture, Database) throws -> Void
        ) {
            testDescription = description
            self.needsHead = needsHead
            self.fault = fault
            self.act = act
        }

        init(_ description: String, _ fault: AuditFault, sql: String) {
            self.init(description, { _ in fault }) { _, database in try database.execute(sql: sql) }
        }
    }

    static let another = #"replace(event, '"kind":"instanceReceived"', '"kind":"objectDeleted"')"#

    static let all: [Tampering] = [
        Tampering(
            "an edited event", .changedEvent(number: 7), sql: "UPDATE audit SET event = \(another) WHERE number = 7"),
        Tampering(
            "an edited last event", .changedEvent(number: 20),
            sql: "UPDATE audit SET event = \(another) WHERE number = 20"),
        Tampering(
            "white space in an event", .changedEvent(number: 7),
            sql: "UPDATE audit SET event = event || ' ' WHERE number = 7"),
        Tampering(
            "a changed hash", .strangeRow(number: 7), sql: "UPDATE audit SET hash = zeroblob(32) WHERE number = 7"),
        Tampering(
            "an edited event, its row sealed anew", { _ in .changedEvent(number: 8) },
            act: { log, database in
                try database.execute(sql: "UPDATE audit SET event = \(another) WHERE number = 7")
                let next = try Data.fetchOne(database, sql: "SELECT hash FROM audit WHERE number = 8")
                try log.sealAnew(from: 7, in: database)
                try database.execute(sql: "UPDATE audit SET hash = ? WHERE number = 8", arguments: [next])
                // Only row 7 was sealed anew: those behind are as they were.
                try log.restore(after: 8, in: database)
            }),
        Tampering("a removed row", .missingRows(after: 6, next: 8), sql: "DELETE FROM audit WHERE number = 7"),
        Tampering(
            "removed rows", .missingRows(after: 6, next: 11), sql: "DELETE FROM audit WHERE number BETWEEN 7 AND 10"),
        Tampering("a removed first row", .missingRows(after: 0, next: 2), sql: "DELETE FROM audit WHERE number = 1"),
        Tampering(
            "a removed row, the others moved up", .strangeRow(number: 7),
            sql: """
                DELETE FROM audit WHERE number = 7;
                UPDATE audit SET number = -number WHERE number > 7;
                UPDATE audit SET number = -number - 1 WHERE number < 0;
                """),
        Tampering(
            "exchanged rows", .strangeRow(number: 7),
            sql: """
                UPDATE audit SET number = 100 WHERE number = 7;
                UPDATE audit SET number = 7 WHERE number = 8;
                UPDATE audit SET number = 8 WHERE number = 100;
                """),
        Tampering("another stage's row", { _ in .strangeRow(number: 7) }) { log, database in
            let other = try AuditFixture(.courier)
            try other.append(20)
            let row = try other.database.read { try Row.fetchOne($0, sql: "SELECT * FROM audit WHERE number = 7") }
            try database.execute(
                sql: "UPDATE audit SET event = ?, hash = ? WHERE number = 7",
                arguments: [row?["event"] as String?, row?["hash"] as Data?])
        },
        Tampering(
            "another stage's whole log", .otherStage(found: .courier), sql: "UPDATE auditChain SET stage = 'courier'"),
        Tampering(
            "a beginning cut off with its anchor put right", { .unattestedAnchor($0) },
            act: { _, database in
                try database.execute(sql: """
                    UPDATE auditChain SET anchorNumber = 5, anchorHash = (SELECT hash FROM audit WHERE number = 5);
                    DELETE FROM audit WHERE number <= 5;
                    """)
            }),
        Tampering(
            "no JSON", .malformedRow(number: 7), sql: "UPDATE audit SET event = 'nothing' WHERE number = 7"),
        Tampering(
            "an event of a million bytes", .malformedRow(number: 7),
            sql: "UPDATE audit SET event = '\"' || hex(zeroblob(500000)) || '\"' WHERE number = 7"),
        Tampering(
            "a hash of another length", .malformedRow(number: 7),
            sql: "UPDATE audit SET hash = zeroblob(31) WHERE number = 7"),
        Tampering("an end that was cut off", needsHead: true, { .headMissing(expected: $0, newest: 15) }) {
            _, database in try database.execute(sql: "DELETE FROM audit WHERE number > 15")
        },
        Tampering("an end sealed anew", needsHead: true, { .headDiffers(expected: $0) }) { log, database in
            try database.execute(sql: "UPDATE audit SET event = \(another) WHERE number = 15")
            try log.sealAnew(from: 15, in: database)
        },
        Tampering("a whole log sealed anew", needsHead: true, { .headDiffers(expected: $0) }) { log, database in
            try database.execute(sql: "UPDATE audit SET event = \(another) WHERE number = 1")
            try log.sealAnew(from: 1, in: database)
        },
        Tampering("an empty table", needsHead: true, { .headMissing(expected: $0, newest: 0) }) { _, database in
            try database.execute(sql: "DELETE FROM audit")
        },
    ]

    @Test("is found and named", arguments: all)
    func found(_ tampering: Tampering) throws {
        let log = try AuditFixture()
        try log.append(20)
        let head = try log.verify().head
        try log.tamper { try tampering.act(log, $0) }
        let withHead = try log.verify(head)
        if case .unattestedAnchor = try #require(withHead.fault) {
            #expect(withHead.fault == .unattestedAnchor(withHead.anchor))
            #expect(withHead.anchor.number == 5)
        } else {
            #expect(withHead.fault == tampering.fault(head))
        }
        #expect(try (log.verify().fault == nil) == tampering.needsHead)
        #expect(!String(describing: try #require(withHead.fault)).isEmpty)
    }

    @Test("An outsider's program agrees on what shows without a head", arguments: all)
    func outsider(_ tampering: Tampering) throws {
        let log = try AuditFixture()
        try log.append(20)
        #expect(try Verifier.run(log).text == "intake is intact to \(try log.verify().head)\n")
        try log.tamper { try tampering.act(log, $0) }
        // Where an export begins, only the box itself can say whether it should.
        if case .unattestedAnchor? = try log.verify().fault { return }
        #expect(try (Verifier.run(log).exitCode == 0) == tampering.needsHead)
    }

    @Test("Whatever a row holds, its export is one line of JSON", arguments: [
        "{\"a\":1}\n{\"b\":2}", "\u{0}", "{\"a\":\"\u{7F}\u{E9}\"}", "\"\\", "", "[", "{\"a\":1}\u{0}tail",
    ])
    func oneLine(event: String) throws {
        let log = try AuditFixture()
        try log.append(3)
        try log.tamper { database in
            try database.execute(
                sql: "UPDATE audit SET event = CAST(? AS TEXT) WHERE number = 2", arguments: [Data(event.utf8)])
        }
        #expect(try log.lines().map(\.number) == [1, 2, 3])
        #expect(try log.verify().fault != nil)
        #expect(try Verifier.run(log).exitCode != 0)
    }
}

/// The verifier that central IT gets.
enum Verifier {
    static func run(_ log: AuditFixture, after number: Int64 = 0) throws -> ToolOutput {
        let file = log.folder.file("export.jsonl")
        try Data(log.export(after: number)).write(to: file)
        return try run([file.path])
    }

    static func run(_ files: [String]) throws -> ToolOutput {
        let script = Repository.root.appendingPathComponent("provisioning/audit/verify_audit.py").path
        return try Tool.run(Repository.python, [script] + files)
    }
}

extension AuditFixture {
    /// An exported line, as any reader of JSON sees it.
    struct Line {
        var number: Int64
        /// Empty where the event is no object.
        var event: [String: Any]
    }

    func lines() throws -> [Line] {
        try export().split(separator: UInt8(ascii: "\n")).map { line in
            guard let row = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
                let number = row["number"] as? Int
            else { throw TestSupportError("a line is no object with a number") }
            return Line(number: Int64(number), event: row["event"] as? [String: Any] ?? [:])
        }
    }

    /// Gives the rows behind `number` the hashes that they had when nothing was changed yet.
    func restore(after number: Int64, in database: Database) throws {
        let untouched = try AuditFixture(stage)
        try untouched.append(20)
        let hashes = try untouched.database.read { database in
            try Row.fetchAll(database, sql: "SELECT number, hash FROM audit WHERE number > ?", arguments: [number])
        }
        for row in hashes {
            try database.execute(
                sql: "UPDATE audit SET hash = ? WHERE number = ?",
                arguments: [row["hash"] as Data, row["number"] as Int64])
        }
    }
}
