import DICOM
import Records
import Simulation
import Spool
import Testing
import TestSupport

@Suite("A stage's spool on a disk that loses power")
struct SpoolTests {
    static let folder = "/data/intake"

    @Test("What the spool has written durably is there after a loss of power at any time")
    func durable() throws {
        let rehearsal = SimulatedStorage(seed: 0)
        let spool = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(rehearsal))
        let start = rehearsal.operationCount
        try Self.keepReports(in: spool) { _ in }
        let operations = start + 1...rehearsal.operationCount
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            var chance = SeededGenerator(seed: seed)
            storage.cutPower(beforeOperation: Int.random(in: operations, using: &chance))
            var kept = 0
            do {
                let spool = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))
                try Self.keepReports(in: spool) { kept = $0 }
            } catch is SpoolError {}
            storage.losePower(seed: chance.next())
            let found = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))
            for number in 0..<kept {
                #expect(try found.waitingReports(for: "PEER\(number)", limit: 10).count == 1, "seed \(seed), \(number)")
            }
        }
    }

    /// The first object's sync fails, so readers are shown the second and go past the first. After a power cut the
    /// first may turn out to be whole: under its own number nobody would ever look for it.
    @Test("An object whose sync failed is never kept under a number that readers have gone past")
    func failedNumber() throws {
        var adopted = 0
        for seed in 0..<100 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            let spool = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))
            let numbered = try [UID(known: "1.2.3"), UID(known: "1.2.4")].map { uid in
                let writer = try spool.instances.begin()
                try writer.append(Array(uid.value.utf8))
                guard case .new(let numbered) = try spool.instances.number(writer, Self.description(uid))
                else { throw TestSupportError("nothing is there yet") }
                return numbered
            }
            storage.plan(StorageFailure(.synchronizeFile) { $0.contains("/instances/") })
            #expect(throws: SpoolError.self) { try spool.instances.seal(numbered[0]).get() }
            let kept = try spool.instances.seal(numbered[1]).get()
            try spool.instances.publish()
            let shown = try spool.instances.reader.instances(after: 0, limit: 10)
            #expect(shown == [kept])
            storage.losePower(seed: seed)
            let found = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage)).instances.reader
            #expect(try found.instances(after: 0, limit: 10).prefix { $0.sequence <= kept.sequence } == [kept])
            adopted += try found.instances(after: kept.sequence, limit: 10).count
        }
        #expect(adopted > 0, "the first was never whole")
    }

    @Test("A folder whose name could not be synchronised when it was made is not lost with what is in it")
    func folderName() throws {
        let storage = SimulatedStorage(seed: 0)
        let spool = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))
        storage.plan(StorageFailure(.synchronizeFolder) { $0 == "\(Self.folder)/instances" })
        #expect(throws: SpoolError.self) { try spool.instances.begin() }
        let writer = try spool.instances.begin()
        guard case .new(let numbered) = try spool.instances.number(writer, Self.description()) else {
            throw TestSupportError("nothing is there yet")
        }
        let kept = try spool.instances.seal(numbered).get()
        for seed in 0..<40 as Range<UInt64> {
            let after = storage.copy()
            after.losePower(seed: seed)
            let found = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(after))
            #expect(try found.instances.reader.instances(after: 0, limit: 10) == [kept], "seed \(seed)")
        }
    }

    @Test("A folder that was made by a process that ended at once is not lost later")
    func ancestors() throws {
        for end in 1...8 {
            let storage = SimulatedStorage(seed: 0)
            let disk = SimulatedDisk(storage)
            disk.endProcess(beforeOperation: end)
            _ = try? IntakeSpool(folder: Self.folder, disk: disk)
            disk.endProcess()
            try Self.keepReports(in: IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))) { _ in }
            for seed in 0..<10 as Range<UInt64> {
                let after = storage.copy()
                after.losePower(seed: seed)
                let found = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(after))
                #expect(try found.waitingReports(for: "PEER0", limit: 10).count == 1, "\(end), seed \(seed)")
            }
        }
    }

    @Test("A database that could not be synchronised when it was made is made durable by the next start", arguments:
        1...4)
    func firstSynchronization(occurrence: Int) throws {
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            storage.plan(StorageFailure(.synchronizeFile, occurrence: occurrence) { $0.hasSuffix("/stage.sqlite") })
            let disk = SimulatedDisk(storage)
            _ = try? IntakeSpool(folder: Self.folder, disk: disk)
            disk.endProcess()
            storage.dropFailures()
            try Self.keepReports(in: IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))) { _ in }
            storage.losePower(seed: seed)
            let found = try IntakeSpool(folder: Self.folder, disk: SimulatedDisk(storage))
            #expect(try found.waitingReports(for: "PEER0", limit: 10).count == 1, "seed \(seed)")
        }
    }

    private static func description(_ uid: UID = UID(known: "1.2.3")) -> InstanceDescription {
        InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid, studyInstanceUID: uid,
            seriesInstanceUID: uid, transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"),
            received: RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true), modality: "CT",
            bodyPartExamined: nil)
    }

    private static func keepReports(in spool: IntakeSpool, kept: (Int) -> Void) throws {
        for number in 0..<5 {
            guard let transaction = UID("1.2.3.\(number)") else { throw TestSupportError("not a UID") }
            try spool.keepReport(
                WaitingReport(transactionUID: transaction, aeTitle: "PEER\(number)", report: "report"), limit: 10)
            kept(number + 1)
        }
    }
}
