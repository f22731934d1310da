import ArgumentParser
import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport
@testable import outpost

/// An appliance's data folder with an audit log in it.
private final class AuditedSite {
    let folder: TemporaryFolder
    let database: StageDatabase

    init(rows: Int) throws {
        folder = try TemporaryFolder()
        let intake = StageFiles.folder(.intake, in: folder.path)
        try FileManager.default.createDirectory(atPath: intake, withIntermediateDirectories: true)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try AuditTable.migrate($0, stage: .intake) }
        database = try StageDatabase(path: StageFiles.database(intake), disk: SystemDisk(), migrator: migrator)
        let time = RecordedTime(Timestamp(microseconds: 1_800_000_000_000_000), isTrusted: true)
        try database.audit((0..<rows).map { _ in AuditEvent(.stageStarted, at: time) })
        try """
            station: {name: OUTPOST-TEST, language: en}
            data_folder: \(folder.path)
            intake: {ae_title: OUTPOST}
            analysis: {models: []}
            destinations: []
            """.write(to: folder.file("outpost.yaml"), atomically: true, encoding: .utf8)
    }

    /// Runs `outpost audit` with `arguments`.
    func audit(_ arguments: [String]) throws {
        var command = try AuditCommand.parseAsRoot(arguments + ["--config", folder.file("outpost.yaml").path])
        try command.run()
    }

    var head: AuditHead {
        get throws { try database.read { try AuditTable.newest(in: $0).head } }
    }
}

@Suite("outpost audit")
struct AuditCommandTests {
    @Test("Verifying succeeds on an intact log, with its head and as JSON too")
    func intact() throws {
        let site = try AuditedSite(rows: 5)
        try site.audit(["verify"])
        try site.audit(["verify", "--json"])
        try site.audit(["verify", "--stage", "intake", "--head", "\(site.head)"])
    }

    @Test("Verifying fails on a broken log, and on one that is gone")
    func broken() throws {
        let site = try AuditedSite(rows: 5)
        let head = try site.head
        try site.database.write { try $0.execute(sql: """
            DROP TRIGGER auditIsRemovedBySegment;
            DELETE FROM audit WHERE number = 5;
            """) }
        try site.audit(["verify"])
        #expect(throws: ExitCode.failure) { try site.audit(["verify", "--stage", "intake", "--head", "\(head)"]) }
        #expect(throws: ExitCode.failure) { try site.audit(["verify", "--stage", "courier", "--head", "\(head)"]) }
        try site.database.write { try $0.execute(sql: "DELETE FROM audit WHERE number = 2") }
        #expect(throws: ExitCode.failure) { try site.audit(["verify"]) }
        #expect(throws: ExitCode.failure) { try site.audit(["verify", "--json"]) }
    }

    @Test("A newest row without a hash is named like any other")
    func noHash() throws {
        let site = try AuditedSite(rows: 5)
        try site.database.write { try $0.execute(sql: """
            DROP TRIGGER auditIsNeverChanged;
            PRAGMA ignore_check_constraints = 1;
            UPDATE audit SET hash = x'00' WHERE number = 5;
            """) }
        #expect(throws: ExitCode.failure) { try site.audit(["verify"]) }
    }

    @Test("An export can be verified by an outsider, and never overwrites a file")
    func export() throws {
        let site = try AuditedSite(rows: 2500)
        let file = site.folder.file("audit.jsonl").path
        try site.audit(["export", "--output", file])
        let script = Repository.root.appendingPathComponent("provisioning/audit/verify_audit.py").path
        #expect(try Tool.python(script, [file]).text == "intake is intact to \(try site.head)\n")
        #expect(throws: (any Error).self) { try site.audit(["export", "--output", file]) }
        let tail = site.folder.file("tail.jsonl").path
        try site.audit(["export", "--stage", "intake", "--after", "2498", "--output", tail])
        #expect(try String(contentsOfFile: tail, encoding: .utf8).split(separator: "\n").count == 2)
        #expect(try Tool.python(script, [tail]).text == "intake is intact to \(try site.head)\n")
    }

    @Test("Numbers and heads belong to a stage, which has to be named", arguments: [
        ["verify", "--head", "1:" + String(repeating: "0", count: 64)], ["verify", "--stage", "intake", "--head", "1"],
        ["verify", "--stage", "cellar"], ["export", "--after", "1"], ["export", "--stage", "intake", "--after=-1"],
    ])
    func usage(arguments: [String]) throws {
        #expect(throws: (any Error).self) { _ = try AuditCommand.parseAsRoot(arguments) }
    }
}
