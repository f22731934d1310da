import GRDB
import Simulation
import Spool
import Testing
import TestSupport

@Suite("SQLite on a disk with faults")
struct DatabaseFaultTests {
    /// Writes transactions, trying each again until it is committed.
    private func writeStubbornly(
        _ numbers: ClosedRange<Int>, to ledger: Ledger
    ) throws -> (committed: Int, failed: Int) {
        var (committed, failed) = (0, 0)
        for number in numbers {
            while true {
                do {
                    try ledger.write(number)
                    committed = number
                    break
                } catch is DatabaseError where failed < 50 {
                    failed += 1
                }
            }
        }
        return (committed, failed)
    }

    @Test("A synchronisation that fails takes no committed transaction with it")
    func failedSynchronization() throws {
        var failures = 0
        for seed in 0..<60 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            var chance = SeededGenerator(seed: seed)
            let ledger = try Ledger(on: SimulatedDisk(storage))
            storage.plan(StorageFailure(.synchronizeFile, occurrence: Int.random(in: 1...12, using: &chance)))
            let (committed, failed) = try writeStubbornly(1...10, to: ledger)
            failures += failed
            storage.losePower(seed: chance.next())
            let found = try Ledger(on: SimulatedDisk(storage)).examine()
            #expect(found.integrity == "ok" && found.half.isEmpty, "seed \(seed)")
            #expect(found.total == committed, "seed \(seed)")
        }
        #expect(failures > 30)
    }

    @Test("A disk that was full for a while has every committed transaction, and no half one")
    func fullDisk() throws {
        var failures = 0
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            var chance = SeededGenerator(seed: seed)
            let ledger = try Ledger(on: SimulatedDisk(storage))
            try ledger.write(1)
            storage.limit(bytes: storage.usedBytes + Int.random(in: 0..<60_000, using: &chance))
            var committed = 1
            do {
                for number in 2...20 {
                    try ledger.write(number)
                    committed = number
                }
            } catch let error as DatabaseError {
                #expect(error.resultCode == .SQLITE_FULL, "seed \(seed)")
                failures += 1
            }
            storage.limit(bytes: nil)
            try ledger.write(committed + 1)
            let found = try ledger.examine()
            #expect(found.total == committed + 1 && found.half.isEmpty && found.integrity == "ok", "seed \(seed)")
        }
        #expect(failures > 30)
    }

    @Test("A read that fails is an error and no wrong answer")
    func failedRead() throws {
        let storage = SimulatedStorage(seed: 0)
        try Ledger(on: SimulatedDisk(storage)).write(1)
        let ledger = try Ledger(on: SimulatedDisk(storage))
        storage.plan(StorageFailure(.read, isLasting: true) { $0.hasPrefix(Ledger.path) })
        #expect(throws: DatabaseError.self) { try ledger.examine() }
        storage.dropFailures()
        #expect(try ledger.examine().total == 1)
    }

    @Test("Rot in a database is seen by its integrity check, for most bits")
    func bitRot() throws {
        var seen = 0
        for seed in 0..<40 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            let ledger = try Ledger(on: SimulatedDisk(storage))
            for number in 1...5 { try ledger.write(number) }
            try ledger.queue.close()
            try storage.flipBits(in: Ledger.path, count: 200, seed: seed)
            let found = Result { try Ledger(on: SimulatedDisk(storage)).examine() }
            if (try? found.get())?.integrity != "ok" { seen += 1 }
        }
        #expect(seen > 30)
    }
}
