import DICOM
import Foundation
import Records
import Spool
import Testing
import TestSupport

/// What may have happened to a database file while nobody had it open.
enum Damage: String, CaseIterable, Sendable {
    case garbage, truncated, header, middle

    func happen(to file: URL) throws {
        var bytes = try Data(contentsOf: file)
        switch self {
        case .garbage: bytes = Data((0..<bytes.count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        case .truncated: bytes.removeLast(bytes.count * 2 / 3)
        case .header: bytes[3] ^= 0x10
        // The head of each page from the third on: its kind.
        case .middle: for page in stride(from: 2 * 4096, to: bytes.count, by: 4096) { bytes[page] ^= 0x55 }
        }
        try bytes.write(to: file)
        // A process that is killed leaves its log.
        try Data().write(to: URL(fileURLWithPath: file.path + "-wal"))
    }
}

@Suite("A database that is broken")
struct BrokenDatabaseTests {
    @Test("Intake sets it aside, has every object under its number, and completes its studies again", arguments:
        Damage.allCases)
    func intake(damage: Damage) async throws {
        let fixture = try SpoolFixture()
        for number in 1...5 { try await fixture.keep([UInt8(number), 7], number) }
        let instances = try fixture.store.reader.instances(after: 0, limit: 10)
        try await complete(fixture)
        let completed = try #require(try completions(fixture).last)
        try await fixture.close()
        let file = fixture.folder.url.appendingPathComponent("stage.sqlite")
        try damage.happen(to: file)
        let broken = try Data(contentsOf: file)

        try fixture.open()
        let setAside = try #require(try fixture.store.recovery.setAside)
        #expect(try Data(contentsOf: URL(fileURLWithPath: setAside.path)) == broken)
        #expect(setAside.path == file.path + ".broken-1")
        #expect(try fixture.store.recovery.adopted == 5)
        #expect(try fixture.store.reader.instances(after: 0, limit: 10) == instances)
        try await complete(fixture)
        // Analysis has gone past the old number.
        #expect(try #require(try completions(fixture).first).sequence > completed.sequence)
        #expect(try await fixture.keep([9], 9).instance.sequence == 6)

        try await fixture.reopen()
        #expect(try fixture.store.recovery.setAside == nil)
    }

    @Test("Analysis sets it aside and begins with the first completion", arguments: Damage.allCases)
    func analysis(damage: Damage) async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1])
        try await complete(fixture)
        let folder = try TemporaryFolder()
        try AnalysisSpool(folder: folder.url.path).advance(to: try #require(try completions(fixture).first))
        try await spoil(folder, damage)
        let spool = try AnalysisSpool(folder: folder.url.path)
        #expect(spool.instances.recovery.setAside != nil)
        #expect(try spool.cursor() == 0)
    }

    @Test("The courier sets it aside, begins with the first object, and gives no parcel an old number", arguments:
        Damage.allCases)
    func courier(damage: Damage) async throws {
        let fixture = try SpoolFixture()
        let instance = try await fixture.keep([1]).instance
        let folder = try TemporaryFolder()
        func queue() throws -> Parcel? {
            let spool = try CourierSpool(folder: folder.url.path)
            try spool.enqueue([instance], of: .intake, for: ["pacs"])
            return try spool.take(for: "pacs", limit: 1, at: .zero).first
        }
        let first = try #require(try queue())
        try await spoil(folder, damage)
        let spool = try CourierSpool(folder: folder.url.path)
        #expect(spool.recovery.setAside != nil)
        #expect(try spool.cursor(of: .intake) == 0)
        try spool.enqueue([instance], of: .intake, for: ["pacs"])
        #expect(try #require(try spool.take(for: "pacs", limit: 1, at: .zero).first).id > first.id)
    }

    @Test("Whoever still reads the old one is told")
    func reader() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1])
        try await fixture.close()
        let reader = try #require(try IntakeReader(folder: fixture.path))
        #expect(try reader.instances.instances(after: 0, limit: 10).count == 1)
        try Damage.garbage.happen(to: fixture.folder.url.appendingPathComponent("stage.sqlite"))
        try fixture.open()
        #expect(throws: SpoolError.self) { try reader.instances.instances(after: 0, limit: 10) }
        #expect(try IntakeReader(folder: fixture.path)?.instances.instances(after: 0, limit: 10).count == 1)
    }

    @Test("A log whose database was set aside when power was lost follows it")
    func logAlone() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1])
        try await fixture.close()
        let file = fixture.folder.url.appendingPathComponent("stage.sqlite").path
        try FileManager.default.moveItem(atPath: file, toPath: file + ".broken-1")
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file + "-wal"))
        try fixture.open()
        #expect(try Data(contentsOf: URL(fileURLWithPath: file + ".broken-1-wal")) == Data([1, 2, 3]))
        #expect(try fixture.store.reader.instances(after: 0, limit: 10).count == 1)
    }

    private func spoil(_ folder: TemporaryFolder, _ damage: Damage) async throws {
        let file = folder.url.appendingPathComponent("stage.sqlite")
        try await eventually("the end of the database") {
            !FileManager.default.fileExists(atPath: file.path + "-wal")
        }
        try damage.happen(to: file)
    }

    private func complete(_ fixture: SpoolFixture) async throws {
        let spool = try #require(fixture.spool)
        for open in try spool.openStudies() {
            try await spool.complete(study: open.studyInstanceUID, throughSequence: open.newestSequence, at: noon)
        }
    }

    private func completions(_ fixture: SpoolFixture) throws -> [StudyCompletion] {
        try #require(try IntakeReader(folder: fixture.path)).completions(after: 0, limit: 10)
    }
}
