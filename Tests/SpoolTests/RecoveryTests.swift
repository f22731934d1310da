import DICOM
import Foundation
import Records
import Spool
import Testing
import TestSupport

@Suite("Recovery at start")
struct RecoveryTests {
    @Test("An index that is gone is rebuilt from the files")
    func rebuild() async throws {
        let fixture = try SpoolFixture()
        for number in 1...5 { try await fixture.keep([UInt8(number), 7], number) }
        let before = try fixture.store.reader.instances(after: 0, limit: 10)
        try await fixture.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(fixture.path)/stage.sqlite\(suffix)")
        }
        try fixture.open()
        #expect(try fixture.store.recovery.adopted == 5)
        #expect(try fixture.store.reader.instances(after: 0, limit: 10) == before)
        #expect(try await fixture.keep([9], 9).instance.sequence == 6)
    }

    @Test("A file cut at any byte of its trailer is never taken for an object", arguments: [1, 8, 47, 48, 49, 200])
    func torn(cut: Int) async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep(Array(repeating: 5, count: 300))
        let file = try #require(try fixture.files().first { try Data(contentsOf: $0).count > 0 })
        try await fixture.close()
        let whole = try Data(contentsOf: file)
        try whole.dropLast(cut).write(to: file)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(fixture.path)/stage.sqlite\(suffix)")
        }
        try fixture.open()
        let report = try fixture.store.recovery
        #expect(report.adopted == 0)
        #expect(report.discardedPartial == 1)
        #expect(try fixture.store.reader.instances(after: 0, limit: 10).isEmpty)
    }

    @Test("A whole trailer does not vouch for the bytes before it: they are read before the object is taken up")
    func tornData() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep(Array(repeating: 5, count: 3000))
        let file = try #require(try fixture.files().first { try Data(contentsOf: $0).count > 0 })
        try await fixture.close()
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(512..<1024, with: Data(count: 512))
        try bytes.write(to: file)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(fixture.path)/stage.sqlite\(suffix)")
        }
        try fixture.open()
        let store = try fixture.store
        #expect(store.recovery.adopted == 0)
        #expect(store.recovery.damaged.count == 1)
        #expect(try store.reader.instances(after: 0, limit: 10).isEmpty)
        #expect(try Data(contentsOf: file) == bytes)
        // The sender comes again, and is not told that the object is there already.
        #expect(try await fixture.keep(Array(repeating: 5, count: 3000)).instance.flags.isEmpty)
        #expect(try store.reader.instances(after: 0, limit: 10).count == 1)
    }

    @Test("A flipped bit in the data set is noticed when the object is read")
    func flippedBit() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep(Array(repeating: 5, count: 300)).instance
        let file = try #require(try fixture.files().first { try Data(contentsOf: $0).count > 0 })
        var bytes = try Data(contentsOf: file)
        bytes[17] ^= 1
        try bytes.write(to: file)
        #expect(throws: SpoolError.self) { try fixture.store.reader.dataSet(kept.sequence) }
    }

    @Test("A row whose file is gone is reported by its number")
    func missing() async throws {
        let fixture = try SpoolFixture()
        let kept = try await fixture.keep([1]).instance
        let file = try #require(try fixture.files().first { try Data(contentsOf: $0).count > 0 })
        try FileManager.default.removeItem(at: file)
        try await fixture.reopen()
        #expect(try fixture.store.recovery.missing == [kept.sequence])
    }

    @Test("Prepared files of an earlier run are used again")
    func preparedFiles() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1], 1)
        let count = try fixture.files().count
        for number in 2...10 {
            try await fixture.reopen()
            try await fixture.keep([UInt8(number)], number)
        }
        #expect(try fixture.files().count == count)
    }
}
