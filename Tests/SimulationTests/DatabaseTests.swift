import GRDB
import Simulation
import Spool
import Testing
import TestSupport

@Suite("SQLite on a disk that loses power")
struct DatabaseTests {
    static let transactions = 12

    /// How many operations a run without faults takes.
    static func operations(journalMode: String, synchronous: String) -> Int {
        let storage = SimulatedStorage(seed: 0)
        let committed = Ledger.run(
            transactions, on: SimulatedDisk(storage), journalMode: journalMode, synchronous: synchronous)
        precondition(committed == transactions, "without faults every transaction is committed")
        return storage.operationCount
    }

    /// Runs until power is lost somewhere; gives what was committed and what the next start finds.
    static func crash(
        seed: UInt64, operations: Int, journalMode: String, synchronous: String,
        prepare: (SimulatedStorage) -> Void = { _ in }
    ) throws -> (committed: Int, found: Ledger.Found) {
        let storage = SimulatedStorage(seed: seed)
        prepare(storage)
        var chance = SeededGenerator(seed: seed)
        storage.cutPower(beforeOperation: Int.random(in: 1...operations, using: &chance))
        let committed = Ledger.run(
            transactions, on: SimulatedDisk(storage), journalMode: journalMode, synchronous: synchronous)
        storage.losePower(seed: chance.next())
        let ledger = try Ledger(on: SimulatedDisk(storage), journalMode: journalMode, synchronous: synchronous)
        return (committed, try ledger.examine())
    }

    /// A journal that is removed commits by its removal, whose durability only EXTRA waits for
    /// (sqlite.org/pragma.html#pragma_synchronous).
    @Test("Synchronised commits keep every committed transaction, whole", arguments: [
        ("WAL", "FULL", 250), ("TRUNCATE", "FULL", 50), ("DELETE", "EXTRA", 50),
    ] as [(String, String, UInt64)])
    func full(journalMode: String, synchronous: String, seeds: UInt64) throws {
        let operations = Self.operations(journalMode: journalMode, synchronous: synchronous)
        for seed in 0..<seeds {
            let (committed, found) = try Self.crash(
                seed: seed, operations: operations, journalMode: journalMode, synchronous: synchronous)
            #expect(found.integrity == "ok", "seed \(seed)")
            #expect(found.half.isEmpty, "seed \(seed)")
            // The transaction that was cut may have come through: nobody was told.
            #expect([committed, committed + 1].contains(found.total), "seed \(seed)")
            #expect(found.whole == Array(1...max(1, found.total)).filter { $0 <= found.total }, "seed \(seed)")
        }
    }

    @Test("synchronous = NORMAL in WAL mode keeps a prefix of the transactions, whole")
    func normal() throws {
        let operations = Self.operations(journalMode: "WAL", synchronous: "NORMAL")
        var losses = 0
        for seed in 0..<200 as Range<UInt64> {
            let (committed, found) = try Self.crash(
                seed: seed, operations: operations, journalMode: "WAL", synchronous: "NORMAL")
            #expect(found.integrity == "ok", "seed \(seed)")
            #expect(found.half.isEmpty, "seed \(seed)")
            #expect(found.total <= committed + 1, "seed \(seed)")
            #expect(found.whole == Array(0...found.total).filter { $0 > 0 }, "seed \(seed)")
            if found.total < committed { losses += 1 }
        }
        // Otherwise this would have been FULL.
        #expect(losses > 0)
    }

    @Test("A log that is never synchronised loses a committed transaction for some seed")
    func plantedBug() throws {
        let operations = Self.operations(journalMode: "WAL", synchronous: "FULL")
        var losses = 0
        for seed in 0..<60 as Range<UInt64> {
            let crash = Result {
                try Self.crash(
                    seed: seed, operations: operations, journalMode: "WAL", synchronous: "FULL"
                ) { $0.ignoreSynchronize { $0.hasSuffix("-wal") } }
            }
            // A checkpoint that relies on a log that was not durable may even leave something that is no database.
            guard let (committed, found) = try? crash.get() else { continue }
            if found.total < committed { losses += 1 }
        }
        #expect(losses > 0)
    }

    @Test("Every operation of a run is a point at which power can be lost, again and again")
    func everyOperation() throws {
        let operations = Self.operations(journalMode: "WAL", synchronous: "FULL")
        var storage = SimulatedStorage(seed: 1)
        var kept = 0
        for number in 1...operations {
            if number.isMultiple(of: 40) { (storage, kept) = (SimulatedStorage(seed: UInt64(number)), 0) }
            storage.cutPower(beforeOperation: storage.operationCount + number % 40 + 1)
            do {
                let ledger = try Ledger(on: SimulatedDisk(storage))
                for number in kept + 1...kept + 20 {
                    try ledger.write(number)
                    kept = number
                }
                Issue.record("power was to be lost")
            } catch {}
            storage.losePower(seed: UInt64(number))
            let found = try Ledger(on: SimulatedDisk(storage)).examine()
            #expect(found.integrity == "ok" && found.half.isEmpty, "operation \(number)")
            #expect([kept, kept + 1].contains(found.total), "operation \(number)")
            kept = found.total
        }
    }

    @Test("The same seeds repeat a run", arguments: [3, 4, 5] as [UInt64])
    func determinism(seed: UInt64) throws {
        let operations = Self.operations(journalMode: "WAL", synchronous: "NORMAL")
        let runs = try (0..<3).map { _ in
            try Self.crash(seed: seed, operations: operations, journalMode: "WAL", synchronous: "NORMAL")
        }
        #expect(runs.allSatisfy { $0.committed == runs[0].committed && $0.found == runs[0].found })
        #expect(Self.operations(journalMode: "WAL", synchronous: "NORMAL") == operations)
    }
}
