import DICOM
import Foundation
import GRDB
import Records
import Spool
import Testing
import TestSupport

@Suite("Room is made by letting go")
struct ReleaseTests {
    @Test("What is released is gone, its file is used again, and the newest stays so that no number is used twice")
    func release() async throws {
        let fixture = try SpoolFixture()
        for number in 1...3 { try await fixture.keep(Array(repeating: UInt8(number), count: 5000), number) }
        let all = try fixture.store.reader.instances(after: 0, limit: 10)
        let files = try fixture.files().count
        #expect(try fixture.store.release(all, at: noon) == 10_000)
        #expect(try fixture.store.reader.instances(after: 0, limit: 10) == [all[2]])
        try await fixture.reopen()
        #expect(try fixture.store.recovery == RecoveryReport())
        #expect(try await fixture.keep([4], 4).instance.sequence == 4)
        #expect(try fixture.files().count == files)
        #expect(try fixture.store.reader.dataSet(3) == Array(repeating: 3, count: 5000))
    }

    /// Its row is gone durably, its file is not emptied: as a power cut between the two leaves it.
    @Test("A release that was cut short is finished by the next start, and brings nothing back")
    func cutShort() async throws {
        let fixture = try SpoolFixture()
        for number in 1...2 { try await fixture.keep(Array(repeating: UInt8(number), count: 5000), number) }
        let first = try #require(try fixture.store.reader.instances(after: 0, limit: 1).first)
        let whole = try Data(contentsOf: URL(fileURLWithPath: try fixture.store.reader.locate(1).path))
        let path = try fixture.store.reader.locate(1).path
        try fixture.store.release([first], at: noon)
        let number = fixture.number(path)
        try fixture.database { try $0.execute(sql: "INSERT INTO released VALUES (1, ?)", arguments: [number]) }
        try whole.write(to: URL(fileURLWithPath: path))
        try await fixture.reopen()
        #expect(try fixture.store.recovery.adopted == 0)
        #expect(try fixture.store.reader.instances(after: 0, limit: 10).map(\.sequence) == [2])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
    }

    @Test("Only what has arrived everywhere counts as settled")
    func settled() async throws {
        let fixture = try SpoolFixture()
        for number in 1...6 { try await fixture.keep([UInt8(number)], number) }
        let objects = try fixture.store.reader.instances(after: 0, limit: 10)
        let folder = try TemporaryFolder()
        let courier = try CourierSpool(folder: folder.url.path)
        // The sixth is not even queued.
        try courier.enqueue(Array(objects[..<5]), of: .intake, for: ["pacs", "hub"])
        func deliver(_ destination: String, _ endings: [Int64: ParcelEnding]) throws {
            for parcel in try courier.take(for: destination, limit: 100, at: .zero) {
                if let ending = endings[parcel.sequence] { try courier.finish([EndedAttempt(parcel.id, ending)]) }
            }
        }
        let delivered = ParcelEnding.delivered(awaitsCommitment: false)
        try deliver("pacs", [
            1: delivered, 2: delivered, 3: .delivered(awaitsCommitment: true), 4: delivered, 5: delivered,
        ])
        try deliver("hub", [
            1: delivered, 2: .waiting(reason: "away", due: nil), 3: delivered, 4: .refused(reason: "no"),
        ])
        let reader = try #require(try CourierReader(folder: folder.url.path))
        #expect(try reader.settled(objects, of: .intake) == [1])
        #expect(try reader.settled(objects, of: .analysis).isEmpty)
        // What a person gave up holds nothing back.
        let act = OperatorAct(by: .account(named: "technician"), at: noon)
        _ = try courier.drop(ParcelSelection(destination: "hub", states: [.waiting, .refused]), limit: 10, act)
        #expect(try reader.settled(objects, of: .intake) == [1, 2, 4])
    }
}

@Suite("Kept objects and their index are compared")
struct VerificationTests {
    @Test("An intact spool has no faults; each kind of damage is found and named", arguments: [true, false])
    func verify(readsData: Bool) async throws {
        let fixture = try SpoolFixture()
        for number in 1...4 { try await fixture.keep(Array(repeating: UInt8(number), count: 3000), number) }
        let reader = try fixture.store.reader
        let intact = try reader.verify(readsData: readsData) { _ in }
        #expect(intact.faults == [])
        #expect(intact.objects == 4)
        #expect(intact.bytes == (readsData ? 12_000 : 0))

        let paths = try (1...4).map { URL(fileURLWithPath: try reader.locate($0).path) }
        try FileManager.default.removeItem(at: paths[0])
        var bytes = try Data(contentsOf: paths[1])
        bytes[100] ^= 1
        try bytes.write(to: paths[1])
        try Data(contentsOf: paths[2]).dropLast(7).write(to: paths[2])
        var seen: [Int64] = []
        let report = try reader.verify(readsData: readsData) { seen.append($0) }
        #expect(seen == [1, 2, 3, 4])
        let found = report.faults.map { "\($0.sequence) \($0.kind.rawValue)" }
        let expected: [String] = readsData ? ["1 missing", "2 damaged", "3 damaged"] : ["1 missing", "3 damaged"]
        #expect(found == expected)
        for fault in report.faults { #expect(fault.path.hasPrefix(fixture.path)) }
    }

    @Test("A file that stands in another's place is found")
    func contradiction() async throws {
        let fixture = try SpoolFixture()
        for number in 1...2 { try await fixture.keep([UInt8(number)], number) }
        let reader = try fixture.store.reader
        let paths = try (1...2).map { URL(fileURLWithPath: try reader.locate($0).path) }
        try Data(contentsOf: paths[0]).write(to: paths[1])
        #expect(try reader.verify(readsData: true) { _ in }.faults.map(\.kind) == [.contradictory])
    }

    @Test("A rebuilt index is the one that was, and says what was missing, wrong or gone")
    func rebuild() async throws {
        let fixture = try SpoolFixture()
        for number in 1...4 { try await fixture.keep([UInt8(number)], number) }
        let before = try fixture.store.reader.instances(after: 0, limit: 10)
        let same = try fixture.store.rebuildIndex(by: .account(named: "technician"), at: noon)
        #expect((same.objects, same.added, same.changed) == (4, 0, 0))
        #expect(same.lost == [] && same.damaged == [])
        #expect(try fixture.store.reader.instances(after: 0, limit: 10) == before)

        try FileManager.default.removeItem(atPath: try fixture.store.reader.locate(1).path)
        try fixture.database { database in
            try database.execute(sql: """
                DELETE FROM instance WHERE sequence = 2;
                UPDATE instance SET description = json_set(description, '$.modality', 'XX') WHERE sequence = 3
                """)
        }
        let mended = try fixture.store.rebuildIndex(by: .account(named: "technician"), at: noon)
        #expect((mended.objects, mended.added, mended.changed) == (3, 1, 1))
        #expect(mended.lost == [1])
        #expect(try fixture.store.reader.instances(after: 0, limit: 10) == Array(before[1...]))
    }
}
