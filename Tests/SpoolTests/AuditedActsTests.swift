import DICOM
import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport

/// What the spool does by itself or at a person's word stands in its stage's log, once.
@Suite("Audited acts of the spool")
struct AuditedActsTests {
    private let technician = AuditActor.account(named: "root", sudoUser: "technician")

    /// Everything that says which object a row is about.
    private func expect(_ row: AuditedRow?, isAbout instance: StoredInstance, in stage: Stage = .intake) throws {
        let row = try #require(row)
        #expect(row["sopInstanceUID"] == instance.sopInstanceUID.value)
        #expect(row["studyInstanceUID"] == instance.studyInstanceUID.value)
        #expect(row["sha256"] == instance.sha256.description)
        #expect(row["sequence"] == "\(instance.sequence)")
        #expect(row["stage"] == stage.rawValue)
    }

    private func dropIndex(_ fixture: SpoolFixture) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(fixture.path)/stage.sqlite\(suffix)")
        }
    }

    @Test("What is received is told with its sender; what is found whole after a power cut is adopted")
    func adopted() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1, 2, 3]).instance
        let received = try AuditedRow.all(.instanceReceived, of: .intake, in: fixture.path)
        #expect(received.count == 1)
        try expect(received.first, isAbout: kept)
        #expect(received.first?["aeTitle"] == "CT1")
        #expect(received.first?["address"] == "127.0.0.1")
        try await fixture.close()
        dropIndex(fixture)
        try fixture.open()
        let adopted = try AuditedRow.all(.instanceAdopted, of: .intake, in: fixture.path)
        #expect(adopted.count == 1)
        try expect(adopted.first, isAbout: kept)
    }

    @Test("Another configuration is told of with its digest, where it came from and who did it")
    func configured() async throws {
        let fixture = try SpoolFixture()
        let sha256 = Digest(ofData: Array("station".utf8))
        let act = ObjectAct.configured(sha256: sha256, from: .bootPartition)
        // By the stage that runs, and by a command in its place.
        try fixture.store.audit(act, by: technician, at: recordedTime)
        try await fixture.close()
        try StoppedStage.audit(act, of: .intake, folder: fixture.path, by: technician, at: recordedTime)
        let rows = try AuditedRow.all(.configurationApplied, of: .intake, in: fixture.path)
        #expect(rows.count == 2)
        for row in rows {
            #expect(row["sha256"] == sha256.description)
            #expect(row["reason"] == "from the boot partition")
            #expect(row["account"] == "root")
            #expect(row["sudoUser"] == "technician")
        }
    }

    @Test("A missing file is told of by the start that finds it, and by none after it")
    func missing() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1]).instance
        let path = try fixture.store.reader.locate(kept.sequence).path
        try FileManager.default.removeItem(atPath: path)
        for _ in 1...3 {
            try await fixture.reopen()
            #expect(try fixture.store.recovery.missing == [kept.sequence])
            try fixture.store.auditRecovery(at: recordedTime)
        }
        // Nor by a person who looks later.
        let act = ObjectAct.found(fault: .missing, sequences: [kept.sequence, 4711])
        try fixture.store.audit(act, by: technician, at: recordedTime)
        let rows = try AuditedRow.all(.objectMissing, of: .intake, in: fixture.path)
        #expect(rows.count == 1)
        try expect(rows.first, isAbout: kept)
        #expect(rows.first?["file"] == URL(fileURLWithPath: path).lastPathComponent)
        #expect(rows.first?["account"] == nil)
    }

    @Test("A damaged file without a row is told of with what its trailer says, once")
    func damaged() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep(Array(repeating: 5, count: 300)).instance
        let path = try fixture.store.reader.locate(kept.sequence).path
        try await fixture.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[17] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        dropIndex(fixture)
        try fixture.open()
        for _ in 1...3 {
            try fixture.store.auditRecovery(at: recordedTime)
            try await fixture.reopen()
        }
        let rows = try AuditedRow.all(.objectDamaged, of: .intake, in: fixture.path)
        #expect(rows.count == 1)
        try expect(rows.first, isAbout: kept)
        #expect(rows.first?["file"] == URL(fileURLWithPath: path).lastPathComponent)
    }

    @Test("Another file in an object's place is a damage that a person found; the next person finds nothing new")
    func contradictory() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1]).instance
        let act = ObjectAct.found(fault: .contradictory, sequences: [kept.sequence])
        for _ in 1...2 { try fixture.store.audit(act, by: technician, at: recordedTime) }
        let rows = try AuditedRow.all(.objectDamaged, of: .intake, in: fixture.path)
        #expect(rows.count == 1)
        #expect(rows.first?["reason"] == "file and index tell of different objects")
        #expect(rows.first?["account"] == "root")
        #expect(rows.first?["sudoUser"] == "technician")
    }

    @Test("An object that is given up is told of twice: when nothing needs it, and when its bytes are gone")
    func released() async throws {
        let fixture = try SpoolFixture()
        for number in 1...2 { try await fixture.keep([UInt8(number)], number) }
        let first = try #require(try fixture.store.reader.instances(after: 0, limit: 1).first)
        try fixture.store.release([first], at: recordedTime)
        for kind in [AuditEvent.Kind.objectReleased, .objectDeleted] {
            let rows = try AuditedRow.all(kind, of: .intake, in: fixture.path)
            #expect(rows.count == 1)
            try expect(rows.first, isAbout: first)
        }
    }

    @Test("A deletion that a power cut interrupted is told of when the next start has finished it")
    func interruptedRelease() async throws {
        let fixture = try SpoolFixture()
        for number in 1...2 { try await fixture.keep([UInt8(number)], number) }
        let file = fixture.number(try fixture.store.reader.locate(1).path)
        try fixture.database { database in
            try database.execute(
                sql: "DELETE FROM instance WHERE sequence = 1; INSERT INTO released VALUES (1, ?)", arguments: [file])
        }
        for _ in 1...2 {
            try await fixture.reopen()
            try fixture.store.auditRecovery(at: recordedTime)
        }
        let rows = try AuditedRow.all(.objectDeleted, of: .intake, in: fixture.path)
        #expect(rows.count == 1)
        #expect(rows.first?["sequence"] == "1")
        #expect(try fixture.store.reader.instances(after: 0, limit: 10).map(\.sequence) == [2])
    }

    @Test("A rebuilt index is told of with who asked, and with the objects that no file holds any more")
    func rebuilt() async throws {
        let fixture = try SpoolFixture()
        for number in 1...3 { try await fixture.keep(Array(repeating: UInt8(number), count: 100), number) }
        let kept = try fixture.store.reader.instances(after: 0, limit: 10)
        try FileManager.default.removeItem(atPath: fixture.store.reader.locate(1).path)
        let broken = URL(fileURLWithPath: try fixture.store.reader.locate(2).path)
        var bytes = try Data(contentsOf: broken)
        bytes[50] ^= 1
        try bytes.write(to: broken)
        _ = try fixture.store.rebuildIndex(by: technician, at: recordedTime)
        let rows = try AuditedRow.all(of: .intake, in: fixture.path).filter { $0["account"] == "root" }
        #expect(rows.map { $0["kind"] } == ["indexRebuilt", "objectDamaged", "objectMissing"])
        #expect(rows.first?["stage"] == "intake")
        #expect(rows.allSatisfy { $0["sudoUser"] == "technician" })
        try expect(rows[1], isAbout: kept[1])
        try expect(rows[2], isAbout: kept[0])
    }

    @Test("An export is told of by the stage; where it does not run, by the command in its place, and never by both")
    func exported() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1]).instance
        let act = ObjectAct.exported(sequence: kept.sequence)
        try fixture.store.audit(act, by: technician, at: recordedTime)
        #expect(throws: SpoolError.notFound(stage: .intake, sequence: 4711)) {
            try fixture.store.audit(.exported(sequence: 4711), by: technician, at: recordedTime)
        }
        #expect(throws: SpoolError.alreadyRunning(stage: .intake, path: fixture.path)) {
            try StoppedStage.audit(act, of: .intake, folder: fixture.path, by: technician, at: recordedTime)
        }
        try await fixture.close()
        try ProcessStart.paused {
            try StoppedStage.audit(act, of: .intake, folder: fixture.path, by: technician, at: recordedTime)
        }
        let rows = try AuditedRow.all(.objectExported, of: .intake, in: fixture.path)
        #expect(rows.count == 2)
        for row in rows {
            try expect(row, isAbout: kept)
            #expect(row["account"] == "root")
            #expect(row["sudoUser"] == "technician")
        }
        let nowhere = fixture.folder.file("analysis").path
        try StoppedStage.audit(act, of: .analysis, folder: nowhere, by: technician, at: recordedTime)
        #expect(!FileManager.default.fileExists(atPath: nowhere), "a stage that never ran leaves nothing behind")
    }

    @Test("A promise of custody is in the log or its report is not kept at all")
    func commitment() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1]).instance
        let spool = try #require(fixture.spool)
        var event = AuditEvent(
            .commitmentGiven, at: recordedTime, by: .peer(kept.peer), of: AuditSubject(kept, keptBy: .intake))
        event.subject.transactionUID = UID(known: "1.2.77")
        let report = WaitingReport(transactionUID: UID(known: "1.2.77"), aeTitle: "CT1", report: "{}")
        try spool.keepReport(report, limit: 1, audit: [event])
        #expect(throws: SpoolError.tooManyReports(limit: 1)) { try spool.keepReport(report, limit: 1, audit: [event]) }
        let rows = try AuditedRow.all(.commitmentGiven, of: .intake, in: fixture.path)
        #expect(rows.count == 1)
        try expect(rows.first, isAbout: kept)
        #expect(rows.first?["aeTitle"] == "CT1")
        #expect(rows.first?["transactionUID"] == "1.2.77")
    }

    @Test("A result is told of with the network that made it")
    func result() async throws {
        let folder = try TemporaryFolder()
        let spool = try AnalysisSpool(folder: folder.path)
        let model = ModelIdentity(
            name: "chest-nodule", version: "1.2", maker: "nobody", intendedUse: "none", sha256: Digest(ofData: [7]))
        let writer = try spool.instances.begin()
        try writer.append([1, 2, 3])
        var description = description(1)
        description.model = AuditModel(model)
        let kept = try await spool.instances.commit(writer, description).instance
        try await spool.instances.settle()
        let rows = try AuditedRow.all(.resultWritten, of: .analysis, in: folder.path)
        #expect(rows.count == 1)
        try expect(rows.first, isAbout: kept, in: .analysis)
        #expect(rows.first?["model"] == "chest-nodule")
        #expect(rows.first?["modelVersion"] == "1.2")
        #expect(rows.first?["modelSHA256"] == model.sha256.description)
    }

    @Test("What a destination commits to, and what has become too old for it, is told with the parcel's object")
    func parcels() async throws {
        let fixture = try SpoolFixture()
        for number in 1...2 { try await fixture.keep([UInt8(number)], number) }
        let folder = try TemporaryFolder()
        let courier = try CourierSpool(folder: folder.path)
        let objects = try fixture.store.reader.instances(after: 0, limit: 10)
        let queued = Timestamp(microseconds: 1_000_000)
        try courier.enqueue(objects, of: .intake, for: ["pacs"], now: queued)
        let parcel = try #require(try courier.take(for: "pacs", limit: 1, at: .zero).first)
        try courier.finish([EndedAttempt(parcel.id, .delivered(awaitsCommitment: true))])
        let transaction = UID(known: "1.2.77")
        try courier.beginCommitment(transaction, of: [parcel], for: "pacs", at: .zero)
        _ = try courier.report(transaction, cursor: nil, at: recordedTime) { _ in .committed }
        _ = try courier.expire(
            for: "pacs", queuedBefore: Timestamp(microseconds: 2_000_000), at: recordedTime)
        let rows = try AuditedRow.all(of: .courier, in: folder.path)
        #expect(rows.map { $0["kind"] } == ["objectCommitted", "objectExpired"])
        #expect(rows.map { $0["sequence"] } == ["1", "2"])
        #expect(rows.allSatisfy { $0["stage"] == "intake" && $0["destination"] == "pacs" })
    }
}
