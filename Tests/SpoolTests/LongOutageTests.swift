import DICOM
import Foundation
import GRDB
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("A destination that stays away for a month")
struct LongOutageTests {
    static let days = 30
    static let images = 18_000
    static let results = 2_000
    /// Objects queued in one transaction, as by the courier's service.
    static let batch = 256
    /// So long that the test's month takes seconds.
    static let longestPause = Duration.seconds(4 * 3600)

    private struct Attempts {
        /// Batches that were taken, and parcels in them.
        var batches = 0
        var parcels = 0
    }

    @Test("Twenty thousand parcels wait, attempts stay few, memory flat, and all arrive by priority")
    func outage() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 1)
        let spool = try CourierSpool(folder: folder.path)
        try Self.enqueue(Self.images, of: .intake, in: spool)
        try Self.enqueue(Self.results, of: .analysis, in: spool)
        var queue = DestinationQueue(
            name: "pacs", spool: spool, backoff: Backoff(minimum: .seconds(5), maximum: Self.longestPause),
            awaitsCommitment: false)

        let before = try Self.residentBytes()
        let attempts = try Self.stayAway(&queue, using: &generator)
        let growth = try Self.residentBytes() - before
        // A pause is at least half the longest one, but for the first few.
        let most = Self.days * 86_400 / Int(Self.longestPause.components.seconds / 2) + 20
        print("\(attempts.batches) attempts with \(attempts.parcels) parcels, grown by \(growth / 1024) KiB")
        #expect(attempts.batches <= most)
        #expect(growth < 64 * 1024 * 1024)

        let end = Duration.seconds(Self.days * 86_400) + Self.longestPause
        var arrived: [Parcel] = []
        while true {
            let parcels = try queue.next(at: end)
            guard !parcels.isEmpty else { break }
            try queue.record(parcels.map { DeliveryAttempt($0, .delivered) }, at: end, using: &generator)
            arrived += parcels
        }
        #expect(arrived.count == Self.images + Self.results)
        #expect(Set(arrived.map(\.id)).count == arrived.count)
        #expect(arrived.map(\.priority) == arrived.map(\.priority).sorted())
    }

    /// Polls for a month of simulated time; whenever it may be asked, the destination is not there.
    private static func stayAway(
        _ queue: inout DestinationQueue, using generator: inout SeededGenerator
    ) throws -> Attempts {
        var attempts = Attempts()
        var now = Duration.zero
        while now < .seconds(days * 86_400) {
            let parcels = try queue.next(at: now)
            attempts.batches += 1
            attempts.parcels += parcels.count
            let failed = parcels.map { DeliveryAttempt($0, .unavailable("no route to the host")) }
            try queue.record(failed, at: now, using: &generator)
            let pause = queue.pause(at: now)
            #expect(pause > .zero)
            now += max(pause, .milliseconds(1))
        }
        return attempts
    }

    @Test("Opening and taking read what they need by an index, however much waits", arguments: [
        "UPDATE parcel SET state = 'waiting' WHERE state = 'sending'",
        "UPDATE parcel SET dueAt = 0 WHERE state = 'waiting' AND dueAt > 0",
        """
        SELECT * FROM parcel WHERE destination = 'pacs' AND state IN ('queued', 'waiting') AND dueAt = 0
        ORDER BY priority, id LIMIT 64
        """,
        """
        SELECT * FROM parcel WHERE destination = 'pacs' AND state = 'waiting' AND dueAt > 0 AND dueAt <= 9
        ORDER BY dueAt LIMIT 32
        """,
        "SELECT * FROM parcel WHERE \(CourierSpool.isUncommitted) LIMIT 100",
        "SELECT * FROM parcel WHERE commitment = '1.2.3'",
    ])
    func plan(sql: String) throws {
        let folder = try TemporaryFolder()
        let spool = try CourierSpool(folder: folder.path)
        let plan = try spool.database.read { database in
            let arguments: StatementArguments = sql.contains("?") ? ["pacs"] : []
            return try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments)
                .map { $0["detail"] as String }
        }
        #expect(!plan.isEmpty)
        for step in plan { #expect(step.contains("USING INDEX") || step.contains("USING COVERING INDEX")) }
        #expect(!plan.contains { $0.contains("TEMP B-TREE") })
    }

    private static func enqueue(_ count: Int, of stage: Stage, in spool: CourierSpool) throws {
        for first in stride(from: 1, through: count, by: batch) {
            let instances = (first..<min(first + batch, count + 1)).map { instance(Int64($0)) }
            try spool.enqueue(instances, of: stage, for: ["pacs"], now: noon.timestamp)
        }
    }

    private static func instance(_ sequence: Int64) -> StoredInstance {
        let description = description(Int(sequence))
        return StoredInstance(
            sequence: sequence, sopClassUID: description.sopClassUID, sopInstanceUID: description.sopInstanceUID,
            studyInstanceUID: description.studyInstanceUID, seriesInstanceUID: description.seriesInstanceUID,
            transferSyntax: description.transferSyntax, dataSetLength: 1, sha256: Digest(ofData: [1]),
            peer: description.peer, received: description.received, modality: "CT", bodyPartExamined: nil)
    }

    /// Of this process, by the kernel's count of pages (proc(5)).
    private static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw TestSupportError("no count of pages") }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
