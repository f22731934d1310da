import DICOM
import Foundation
import Records
import Spool
import Testing
import TestSupport

@Suite("Keeping instances")
struct InstanceStoreTests {
    @Test("What is kept comes back byte for byte, also after a restart")
    func roundTrip() async throws {
        let fixture = try SpoolFixture()
        let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let kept = try await fixture.keep(bytes).instance
        #expect(try fixture.store.reader.dataSet(kept.sequence) == bytes)
        try await fixture.reopen()
        #expect(try fixture.store.reader.dataSet(kept.sequence) == bytes)
        #expect(try fixture.store.reader.instances(sopInstanceUID: kept.sopInstanceUID) == [kept])
    }

    @Test("An instance costs one sync of its file and none of a folder, once files are prepared")
    func oneSync() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1], 1)
        let folders = fixture.disk.count(.synchronizeFolder)
        let files = fixture.disk.count(.synchronizeData)
        for number in 2...40 { try await fixture.keep([UInt8(number)], number) }
        #expect(fixture.disk.count(.synchronizeFolder) == folders)
        #expect(fixture.disk.count(.synchronizeData) == files + 39)
    }

    @Test("The same bytes under the same UID are kept once; other bytes are kept beside the first")
    func duplicates() async throws {
        let fixture = try SpoolFixture()
        let first = try await fixture.keep([1, 2, 3]).instance
        #expect(try await fixture.keep([1, 2, 3]) == .duplicate(first))
        let other = try await fixture.keep([1, 2, 4]).instance
        #expect(other.flags == [.conflictingBytes])
        #expect(other.isQuarantined)
        #expect(other.sequence > first.sequence)
        #expect(try fixture.store.reader.dataSet(first.sequence) == [1, 2, 3])
        #expect(try fixture.store.reader.dataSet(other.sequence) == [1, 2, 4])
    }

    @Test("Another patient in a study and a series of another study are flagged, one by one and together", arguments: [
        true, false,
    ])
    func hierarchy(together: Bool) async throws {
        let fixture = try SpoolFixture()
        let store = try fixture.store
        func keep(_ number: Int, _ change: (inout InstanceDescription) -> Void) async throws -> StoredInstance {
            var description = description(number)
            description.patientKey = Digest(ofData: [1])
            change(&description)
            let writer = try store.begin()
            try writer.append([UInt8(number)])
            return try await store.commit(writer, description).instance
        }
        let first = try await keep(1) { _ in }
        #expect(first.flags.isEmpty)
        let changes: [@Sendable (inout InstanceDescription) -> Void] = [
            { $0.patientKey = Digest(ofData: [2]) },
            { $0.studyInstanceUID = UID(known: "1.9.77") },
            { $0.patientKey = nil },
        ]
        var flags: [[InstanceFlag]] = []
        if together {
            flags = try await withThrowingTaskGroup(of: (Int, [InstanceFlag]).self) { group in
                for (index, change) in changes.enumerated() {
                    group.addTask { (index, try await keep(index + 2, change).flags) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }.sorted { $0.0 < $1.0 }.map(\.1)
        } else {
            for (index, change) in changes.enumerated() { flags.append(try await keep(index + 2, change).flags) }
        }
        #expect(flags == [[.patientDiffersInStudy], [.seriesOfAnotherStudy], []])
    }

    @Test("Many at once get ascending numbers, and twins among them are kept once")
    func concurrent() async throws {
        let fixture = try SpoolFixture()
        let store = try fixture.store
        let kept = try await withThrowingTaskGroup(of: Keeping.self) { group in
            for number in 0..<120 {
                group.addTask {
                    let writer = try store.begin()
                    // Each object comes twice.
                    try writer.append([UInt8(number / 2)])
                    return try await store.commit(writer, description(number / 2))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let new = kept.filter { if case .new = $0 { true } else { false } }
        #expect(new.count == 60)
        try await store.settle()
        let listed = try store.reader.instances(after: 0, limit: 1000)
        #expect(listed.map(\.sequence) == Array(1...60))
    }

    @Test("After a failed sync the sender hears of it, nothing is visible, and the next object is kept")
    func failedSync() async throws {
        let fixture = try SpoolFixture()
        fixture.disk.fail(.synchronizeData, with: EIO)
        await #expect(throws: SpoolError.self) { try await fixture.keep([1]) }
        #expect(try fixture.store.reader.instances(after: 0, limit: 10).isEmpty)
        fixture.disk.fail(.synchronizeData, with: nil)
        #expect(try fixture.store.reader.dataSet(try await fixture.keep([1]).instance.sequence) == [1])
    }

    @Test("A full disk is told apart, so that the sender may try again")
    func fullDisk() async throws {
        let fixture = try SpoolFixture()
        fixture.disk.fail(.write, with: ENOSPC)
        do {
            try await fixture.keep([1])
            Issue.record("the disk was full")
        } catch let error as SpoolError {
            #expect(error.isOutOfSpace)
        }
    }

    @Test("A second process is kept out")
    func lock() async throws {
        let fixture = try SpoolFixture()
        #expect(throws: SpoolError.alreadyRunning(stage: .intake, path: fixture.path)) {
            try IntakeSpool(folder: fixture.path)
        }
        #expect(StageLock.isHeld(folder: fixture.path))
        try await fixture.close()
        let path = fixture.path
        try await eventually("the folder to be free") { !StageLock.isHeld(folder: path) }
    }
}
