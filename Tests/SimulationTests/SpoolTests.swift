import DICOM
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

    private static func keepReports(in spool: IntakeSpool, kept: (Int) -> Void) throws {
        for number in 0..<5 {
            guard let transaction = UID("1.2.3.\(number)") else { throw TestSupportError("not a UID") }
            try spool.keepReport(
                WaitingReport(transactionUID: transaction, aeTitle: "PEER\(number)", report: "report"), limit: 10)
            kept(number + 1)
        }
    }
}
