import DICOM
import Records
import Simulation
import Spool
import Testing
import TestSupport

/// The last page that the courier's log holds may be there in part: power was lost while it was written, or the disk
/// gives back less than it promised.
@Suite("A courier's log that ends anywhere in its last frame")
struct TornLogTests {
    /// What was done last.
    enum LastAct: CaseIterable {
        case enqueue, take, record, hold
    }

    /// What a start finds.
    private struct Found: Equatable {
        var parcels: [Parcel]
        var cursor: Int64
        var auditRows: Int64
    }

    private static let folder = "/data/courier"
    private static let log = "\(folder)/stage.sqlite-wal"
    /// The frame's header and the page (sqlite.org/fileformat2.html, section 4.1).
    private static let frameBytes = 24 + 4096
    private static let noon = RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true)

    @Test(
        "Each start finds what was there before the last act, or after it, and nothing between",
        arguments: LastAct.allCases)
    func everyByte(act: LastAct) throws {
        let (before, after) = try Self.prepare(act)
        let (untouched, done) = (try Self.open(before.copy()), try Self.open(after.copy()))
        #expect(untouched != done, "otherwise nothing is put to the test")
        let log = try #require(after.content(of: Self.log))
        try #require(log.count > Self.frameBytes)
        var undone = 0
        // Every byte of the frame, over all acts; of the frame's header, for each.
        let share = try #require(LastAct.allCases.firstIndex(of: act))
        for cut in 0..<Self.frameBytes where cut < 24 || cut % LastAct.allCases.count == share {
            let storage = after.copy()
            let file = try SimulatedDisk(storage).open(Self.log, for: .writing)
            let start = Int64(log.count - Self.frameBytes + cut)
            try file.truncate(to: start)
            // Sizes survive what data does not: then there are zeros.
            if (cut / LastAct.allCases.count).isMultiple(of: 2) { try file.truncate(to: Int64(log.count)) }
            let found = try Self.open(storage)
            #expect(found == untouched || found == done, "byte \(cut)")
            if found == untouched { undone += 1 }
        }
        #expect(undone > 0)
    }

    /// The courier's storage before and after `act`, as the end of its process leaves it.
    private static func prepare(_ act: LastAct) throws -> (before: SimulatedStorage, after: SimulatedStorage) {
        let storage = SimulatedStorage(seed: 1, sleep: { _ in })
        let spool = try CourierSpool(folder: folder, disk: SimulatedDisk(storage))
        try spool.enqueue((1...3).map(instance), of: .intake, for: ["pacs", "hub"])
        let taken = try spool.take(for: "pacs", limit: 2, at: .zero)
        let before = storage.copy()
        switch act {
        case .enqueue: try spool.enqueue([instance(4)], of: .intake, for: ["pacs", "hub"])
        case .take: _ = try spool.take(for: "hub", limit: 2, at: .zero)
        case .record:
            try spool.finish(taken.map { parcel in
                var subject = AuditSubject(destination: parcel.destination)
                subject.sequence = parcel.sequence
                return EndedAttempt(
                    parcel.id, .delivered(awaitsCommitment: false),
                    audit: [AuditEvent(.objectDelivered, at: noon, of: subject)])
            })
        case .hold:
            _ = try spool.hold(
                ParcelSelection(destination: "hub"), limit: 2,
                OperatorAct(by: .account(named: "technician"), at: noon))
        }
        return (before, storage.copy())
    }

    private static func open(_ storage: SimulatedStorage) throws -> Found {
        let disk = SimulatedDisk(storage)
        let spool = try CourierSpool(folder: folder, disk: disk)
        #expect(spool.recovery.setAside == nil)
        let reader = try #require(try CourierReader(folder: folder, disk: disk))
        let audit = try #require(try AuditReader(stage: .courier, folder: folder, disk: disk))
        return Found(
            parcels: try reader.parcels(ParcelSelection(), limit: 100), cursor: try spool.cursor(of: .intake),
            auditRows: try audit.rows())
    }

    private static func instance(_ number: Int) -> StoredInstance {
        StoredInstance(
            sequence: Int64(number), sopClassUID: SOPClass.secondaryCaptureImageStorage,
            sopInstanceUID: UID("1.2.3.\(number)") ?? UID(known: "1.2"), studyInstanceUID: UID(known: "1.9"),
            seriesInstanceUID: UID(known: "1.9.1"), transferSyntax: .explicitVRLittleEndian, dataSetLength: 1,
            sha256: .of([UInt8(number)]),
            peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"), received: noon,
            modality: "CT", bodyPartExamined: nil)
    }
}
