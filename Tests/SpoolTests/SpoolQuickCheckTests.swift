import DICOM
import Foundation
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("A quick look at a spool")
struct SpoolQuickCheckTests {
    private func check(
        _ fixture: SpoolFixture, newest: Int = 10, seconds: Double = 60
    ) throws -> SpoolQuickCheck? {
        try SpoolQuickCheck(.intake, folder: fixture.path, newest: newest, until: .now + .seconds(seconds))
    }

    @Test("A folder without a spool says nothing")
    func none() throws {
        let folder = try TemporaryFolder()
        #expect(try SpoolQuickCheck(.intake, folder: folder.path, newest: 10, until: .now + .seconds(60)) == nil)
    }

    @Test("A whole spool, beside the running stage and after it: the newest objects are looked at, as many as asked")
    func whole() async throws {
        let fixture = try SpoolFixture()
        for number in 1...5 { try await fixture.keep([UInt8(number)], number) }
        for _ in 1...2 {
            let check = try #require(try check(fixture, newest: 3))
            #expect(check.database == .whole)
            #expect(check.objects == 5)
            #expect(check.looked == 3)
            #expect(check.faults.isEmpty)
            try await fixture.close()
        }
    }

    @Test("Damage at the end of the newest file is found; that of an old one beyond the number is left to verify")
    func damaged() async throws {
        let fixture = try SpoolFixture()
        for number in 1...5 { try await fixture.keep([UInt8(number)], number) }
        for (sequence, isSeen) in [(1 as Int64, false), (5, true)] {
            let path = try fixture.store.reader.locate(sequence).path
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
            let check = try #require(try check(fixture, newest: 3))
            #expect(check.faults.map(\.sequence) == (isSeen ? [5] : []))
        }
    }

    @Test("A database with damaged pages is told, and nothing is thrown")
    func brokenDatabase() async throws {
        let fixture = try SpoolFixture()
        for number in 1...50 { try await fixture.keep([UInt8(number)], number) }
        try await fixture.close()
        let path = StageFiles.database(fixture.path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.count > 16384)
        for index in 8192..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try bytes.write(to: URL(fileURLWithPath: path))
        let check = try #require(try check(fixture))
        guard case .broken(let reason) = check.database else {
            Issue.record("\(check.database)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("Databases that were set aside are counted")
    func setAside() async throws {
        let fixture = try SpoolFixture()
        try await fixture.keep([1])
        try Data().write(to: URL(fileURLWithPath: StageFiles.database(fixture.path) + ".broken-2"))
        try await fixture.close()
        #expect(try SpoolQuickCheck(
            .courier, folder: fixture.path, newest: 1, until: .now + .seconds(60))?.databasesSetAside == 2)
    }

    @Test("When the time is up, no more objects are looked at")
    func late() async throws {
        let fixture = try SpoolFixture()
        for number in 1...5 { try await fixture.keep([UInt8(number)], number) }
        let check = try #require(try check(fixture, seconds: -1))
        #expect(check.objects == 5)
        #expect(check.looked == 0)
    }
}
