import Foundation
import GRDB
import Records
@testable import Spool
import Synchronization
import Testing
import TestSupport

/// Both clocks of a box, in the test's hand.
final class ManualClocks: Sendable {
    private let reading: Mutex<ClockReading>

    init(_ wall: Timestamp) { reading = Mutex(ClockReading(wall: wall, monotonicMicroseconds: 77)) }

    var now: ClockReading { reading.withLock { $0 } }

    /// Time goes by.
    func pass(seconds: Int64) {
        reading.withLock { reading in
            reading.wall = reading.wall.plus(seconds: seconds)
            reading.monotonicMicroseconds += seconds * 1_000_000
        }
    }

    /// Somebody sets the wall clock.
    func set(_ wall: Timestamp) { reading.withLock { $0.wall = wall } }
}

extension Timestamp {
    func plus(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }
}

@Suite("Trust in the wall clock")
struct ClockTrustTests {
    static let year: Int64 = 31_556_952
    /// A moment in 2026, some months after the program's date.
    static let today = ClockTrust.programDate.plus(seconds: 20_000_000)
    static let epoch = Timestamp(microseconds: 0)

    /// Looks at the clocks every now and then for `seconds`; the floors that were to be kept.
    @discardableResult
    private func run(
        _ trust: inout ClockTrust, _ clocks: ManualClocks, seconds: Int64, every: Int64 = 1
    ) -> [Timestamp] {
        var kept: [Timestamp] = []
        for _ in 0..<seconds / every {
            clocks.pass(seconds: every)
            if let floor = trust.observe(clocks.now).floorToKeep { kept.append(floor) }
        }
        return kept
    }

    @Test("A box that starts in 1970 marks its times until its clock is set, and tells of the setting")
    func startsIn1970() {
        let clocks = ManualClocks(Self.epoch)
        var trust = ClockTrust(kept: nil)
        #expect(trust.observe(clocks.now).time == RecordedTime(Self.epoch, isTrusted: false))
        #expect(run(&trust, clocks, seconds: 3600).isEmpty)
        clocks.set(Self.today)
        let observation = trust.observe(clocks.now)
        #expect(observation.time == RecordedTime(Self.today, isTrusted: true))
        #expect(observation.setFrom == Self.epoch.plus(seconds: 3600))
        clocks.pass(seconds: 1)
        #expect(trust.observe(clocks.now).setFrom == nil)
    }

    @Test("A restart in 1970 after a good time is noticed by the floor that was kept")
    func floorFromDisk() {
        let kept = Self.today
        let trust = ClockTrust(kept: kept)
        #expect(!trust.isTrusted(Self.epoch))
        // Later than the program's date alone would let pass.
        #expect(ClockTrust(kept: nil).isTrusted(kept.plus(seconds: -3600)))
        #expect(!trust.isTrusted(kept.plus(seconds: -3600)))
        #expect(trust.isTrusted(kept))
    }

    @Test("A floor from before the program's date does not count")
    func programDate() {
        let trust = ClockTrust(kept: Self.epoch)
        #expect(trust.floor == ClockTrust.programDate)
        #expect(!trust.isTrusted(ClockTrust.programDate.plus(seconds: -1)))
        #expect(trust.isTrusted(ClockTrust.programDate))
    }

    @Test("The floor goes after a good clock, at most once a minute, and never comes nearer than it trails")
    func follows() {
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: Self.today.plus(seconds: -600))
        let kept = run(&trust, clocks, seconds: 3600)
        #expect((50...60).contains(kept.count))
        #expect(kept == kept.sorted())
        let newest = clocks.now.wall.plus(seconds: -ClockTrust.trailing / 1_000_000)
        #expect(trust.floor <= newest)
        #expect(trust.floor >= newest.plus(seconds: -61))
    }

    @Test("A time server's small corrections end no trust and are no setting")
    func smallCorrections() {
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: Self.today.plus(seconds: -600))
        for _ in 0..<100 {
            run(&trust, clocks, seconds: 120)
            clocks.set(clocks.now.wall.plus(seconds: -2))
            let observation = trust.observe(clocks.now)
            #expect(observation.time.isTrusted)
            #expect(observation.setFrom == nil)
        }
    }

    @Test("A clock set back by an hour is told of, and marked until it passes the floor")
    func setBack() {
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: Self.today.plus(seconds: -600))
        run(&trust, clocks, seconds: 7200)
        let floor = trust.floor
        let before = clocks.now.wall
        clocks.set(before.plus(seconds: -3600))
        let observation = trust.observe(clocks.now)
        #expect(observation.setFrom == before)
        #expect(!observation.time.isTrusted)
        #expect(run(&trust, clocks, seconds: 3000).isEmpty)
        #expect(trust.floor == floor)
        run(&trust, clocks, seconds: 600)
        #expect(trust.observe(clocks.now).time.isTrusted)
    }

    @Test("A clock in 2080 is not trusted, and does not move the floor, however long it stays there")
    func farFuture() {
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: Self.today.plus(seconds: -600))
        run(&trust, clocks, seconds: 600)
        let floor = trust.floor
        let good = clocks.now.wall
        clocks.set(good.plus(seconds: 54 * Self.year))
        #expect(trust.observe(clocks.now).setFrom == good)
        #expect(run(&trust, clocks, seconds: 30 * 86_400, every: 60).isEmpty)
        #expect(trust.floor == floor)
        clocks.set(good.plus(seconds: 30 * 86_400))
        #expect(trust.observe(clocks.now).time.isTrusted)
    }

    @Test("A clock that is four years ahead for an hour takes the floor some days along and no further")
    func nearFuture() {
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: Self.today.plus(seconds: -600))
        run(&trust, clocks, seconds: 600)
        let good = clocks.now.wall
        clocks.set(good.plus(seconds: 4 * Self.year))
        // Nobody can know better from within.
        #expect(trust.observe(clocks.now).time.isTrusted)
        run(&trust, clocks, seconds: 3600)
        #expect(trust.floor > good)
        #expect(trust.floor <= good.plus(seconds: 60 * 3600))
        clocks.set(good.plus(seconds: 3600))
        #expect(!trust.observe(clocks.now).time.isTrusted)
        // It mends itself; meanwhile times are only marked.
        run(&trust, clocks, seconds: 60 * 3600, every: 60)
        #expect(trust.observe(clocks.now).time.isTrusted)
    }

    @Test("A box that was stored for two years is trusted at once, and its floor catches up within two weeks")
    func stored() {
        let clocks = ManualClocks(Self.today.plus(seconds: 2 * Self.year))
        var trust = ClockTrust(kept: Self.today)
        #expect(trust.observe(clocks.now).time.isTrusted)
        run(&trust, clocks, seconds: 14 * 86_400, every: 20)
        #expect(trust.floor >= clocks.now.wall.plus(seconds: -400))
    }

    @Test("However the clock is set, the floor only grows, sixty times as fast as time at most", arguments: 1...20)
    func property(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let clocks = ManualClocks(Self.today)
        var trust = ClockTrust(kept: nil)
        let start = clocks.now.monotonicMicroseconds
        var floor = trust.floor
        for _ in 0..<2000 {
            clocks.pass(seconds: .random(in: 0...90, using: &chance))
            if Int.random(in: 0..<50, using: &chance) == 0 {
                clocks.set(Self.today.plus(seconds: .random(in: -60 * Self.year...60 * Self.year, using: &chance)))
            }
            let observation = trust.observe(clocks.now)
            #expect(observation.time.isTrusted == (clocks.now.wall >= floor && clocks.now.wall <= Self.latest(floor)))
            #expect(trust.floor >= floor)
            #expect(observation.floorToKeep == (trust.floor == floor ? nil : trust.floor))
            floor = trust.floor
            let elapsed = clocks.now.monotonicMicroseconds - start
            let moved = floor.microseconds - ClockTrust.programDate.microseconds
            #expect(moved <= elapsed / ClockTrust.stepInterval * ClockTrust.longestStep)
        }
    }

    private static func latest(_ floor: Timestamp) -> Timestamp { floor.plus(seconds: ClockTrust.horizonYears * year) }

    @Test("A floor at the end of time and wild readings cost trust and nothing else", arguments: [
        .min, .min + 1, -1, 0, 1_800_000_000_000_000, .max - 1, .max,
    ] as [Int64])
    func wild(microseconds: Int64) {
        var trust = ClockTrust(kept: Timestamp(microseconds: microseconds))
        for wall in [.min, -1, 0, 1_800_000_000_000_000, .max] as [Int64] {
            for monotonic in [.min, 0, .max] as [Int64] {
                let reading = ClockReading(wall: Timestamp(microseconds: wall), monotonicMicroseconds: monotonic)
                let observation = trust.observe(reading)
                #expect(observation.time.timestamp == reading.wall)
                #expect(!observation.time.isTrusted || wall == 1_800_000_000_000_000)
            }
        }
    }
}

@Suite("The kept clock")
struct KeptClockTests {
    private func clock(_ fixture: AuditFixture, _ clocks: ManualClocks) throws -> KeptClock {
        KeptClock(floor: try fixture.database.clockFloor(), database: fixture.database, read: { clocks.now })
    }

    @Test("The floor outlives a restart")
    func restart() throws {
        let fixture = try AuditFixture()
        let clocks = ManualClocks(ClockTrustTests.today)
        var kept: KeptClock? = try clock(fixture, clocks)
        for _ in 0..<60 {
            try kept?.tick()
            clocks.pass(seconds: 60)
        }
        let floor = try #require(try fixture.database.clockFloor())
        #expect(floor > ClockTrust.programDate)
        kept = nil
        let other = try #require(try ReadOnlyDatabase(path: StageFiles.database(fixture.folder.path)))
        #expect(try other.clockFloor() == floor)
        // The battery is empty: the box begins a second before what it knew.
        let restarted = ManualClocks(floor.plus(seconds: -1))
        #expect(try !clock(fixture, restarted).now().isTrusted)
        restarted.pass(seconds: 1)
        #expect(try clock(fixture, restarted).now().isTrusted)
    }

    @Test("A setting stands in the audit log with both times")
    func setting() throws {
        let fixture = try AuditFixture()
        let clocks = ManualClocks(ClockTrustTests.epoch)
        let kept = try clock(fixture, clocks)
        try kept.tick()
        clocks.pass(seconds: 90)
        clocks.set(ClockTrustTests.today)
        try kept.tick()
        try kept.tick()
        let event = try #require(try fixture.lines().last?.event)
        #expect(try fixture.lines().count == 1)
        #expect(event["kind"] as? String == "clockSet")
        #expect(event["clockBefore"] as? String == "1970-01-01T00:01:30.000Z")
        #expect(event["time"] as? String == ClockTrustTests.today.description)
    }

    @Test("A floor that is wrong is reset by removing its row")
    func reset() throws {
        let fixture = try AuditFixture()
        try fixture.keep(floor: ClockTrustTests.today.plus(seconds: 5 * ClockTrustTests.year))
        let clocks = ManualClocks(ClockTrustTests.today)
        #expect(try !clock(fixture, clocks).now().isTrusted)
        try fixture.database.write { try $0.execute(sql: "DELETE FROM clock") }
        #expect(try clock(fixture, clocks).now().isTrusted)
    }

    @Test("The command that resets it waits for intake to stop, and stands in the audit log")
    func resetCommand() async throws {
        let fixture = try SpoolFixture()
        try fixture.database { try ClockTable.keep(ClockTrustTests.today, in: $0) }
        let account = AuditActor.account(named: "root", sudoUser: "technician")
        #expect(throws: SpoolError.alreadyRunning(stage: .intake, path: fixture.path)) {
            try ClockFloor.reset(folder: fixture.path, by: account, at: recordedTime)
        }
        #expect(try ClockFloor.read(folder: fixture.path) == ClockTrustTests.today)
        try await fixture.close()
        try ProcessStart.paused { try ClockFloor.reset(folder: fixture.path, by: account, at: recordedTime) }
        #expect(try ClockFloor.read(folder: fixture.path) == nil)
        let event = try #require(try AuditedRow.all(of: .intake, in: fixture.path).last)
        #expect(event["kind"] == "clockFloorReset")
        #expect(event["account"] == "root")
        #expect(event["sudoUser"] == "technician")
    }

    @Test("Where intake never ran there is nothing to reset, and nothing is made")
    func resetNothing() throws {
        let folder = try TemporaryFolder()
        try ClockFloor.reset(folder: folder.path, by: .account(named: "technician"), at: recordedTime)
        #expect(try ClockFloor.read(folder: folder.path) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("The table refuses a floor that no date can show", arguments: [.min, -1, .max] as [Int64])
    func bounds(microseconds: Int64) throws {
        let fixture = try AuditFixture()
        #expect(throws: SpoolError.self) {
            try fixture.keep(floor: Timestamp(microseconds: microseconds))
        }
        #expect(try fixture.database.clockFloor() == nil)
    }

    @Test("A database from before there was a clock has no floor")
    func older() throws {
        let folder = try TemporaryFolder()
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try AuditTable.migrate($0, stage: .intake) }
        _ = try StageDatabase(path: StageFiles.database(folder.path), disk: SystemDisk(), migrator: migrator)
        let reader = try #require(try ReadOnlyDatabase(path: StageFiles.database(folder.path)))
        #expect(try reader.clockFloor() == nil)
    }
}
