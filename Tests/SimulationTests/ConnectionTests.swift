import Dispatch
import Foundation
import GRDB
import Simulation
import Spool
import Synchronization
import Testing

@Suite("Several connections on the simulated disk")
struct ConnectionTests {
    private func reader(_ disk: SimulatedDisk) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        return try DatabaseQueue(path: disk.databaseLocation(Ledger.path), configuration: configuration)
    }

    private func total(_ queue: DatabaseQueue) throws -> Int {
        try queue.read { try Int.fetchOne($0, sql: "SELECT entries FROM total") ?? -1 }
    }

    @Test("A reader sees each transaction once it is committed, and its own moment while it reads")
    func readerAndWriter() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let ledger = try Ledger(on: disk)
        // Another process's connection shares the log's index with the writer's.
        let readers = [try reader(disk), try reader(SimulatedDisk(storage))]
        for number in 1...30 {
            try readers[0].read { database in
                let before = try Int.fetchOne(database, sql: "SELECT entries FROM total")
                try ledger.write(number)
                #expect(try Int.fetchOne(database, sql: "SELECT entries FROM total") == before)
            }
            for reader in readers { #expect(try total(reader) == number) }
        }
    }

    @Test("An ended process leaves the next one no index of the log, whatever it had open")
    func endedProcess() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let ledger = try Ledger(on: disk)
        disk.endProcess()
        let next = SimulatedDisk(storage)
        try next.open(Ledger.path + "-wal", for: .writing).truncate(to: 0)
        let found = try withExtendedLifetime(ledger) { try Ledger(on: next).examine() }
        #expect(found.integrity == "ok" && found.total == 0)
    }

    @Test("Writers wait for each other and lose nothing")
    func writers() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let ledger = try Ledger(on: disk)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { index in
            do {
                var configuration = Configuration()
                configuration.busyMode = .timeout(600)
                let queue = try DatabaseQueue(path: disk.databaseLocation(Ledger.path), configuration: configuration)
                for number in 0..<20 {
                    try queue.write { database in
                        try database.execute(sql: "UPDATE total SET entries = entries + 1")
                        try database.execute(
                            sql: "INSERT INTO entry VALUES (?, ?, zeroblob(2000))", arguments: [index, number])
                    }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try ledger.examine().total == 60)
        #expect(try ledger.examine().integrity == "ok")
    }

    @Test("A writer is refused while another writes, and works afterwards")
    func exclusion() throws {
        let storage = SimulatedStorage(seed: 0, sleep: { _ in })
        let disk = SimulatedDisk(storage)
        let one = try Ledger(on: disk, journalMode: "DELETE").queue
        let other = try DatabaseQueue(path: disk.databaseLocation(Ledger.path))
        try one.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect(throws: DatabaseError.self) {
                try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
            }
            try database.execute(sql: "COMMIT")
        }
        try other.write { try $0.execute(sql: "UPDATE total SET entries = 7") }
        #expect(try total(one) == 7)
    }

    @Test("The last connection takes the log away; the next start finds everything in the database")
    func closing() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        var ledger: Ledger? = try Ledger(on: disk)
        try ledger?.write(1)
        #expect(storage.paths == [Ledger.path, "\(Ledger.path)-wal"])
        try ledger?.queue.close()
        ledger = nil
        #expect(storage.paths == [Ledger.path])
        #expect(try Ledger(on: SimulatedDisk(storage)).examine().whole == [1])
    }

    @Test("A process that is ended in the middle of a transaction leaves all before it, and free locks")
    func endOfProcess() throws {
        let storage = SimulatedStorage(seed: 0)
        let first = SimulatedDisk(storage)
        let ledger = try Ledger(on: first, synchronous: "NORMAL")
        for number in 1...5 { try ledger.write(number) }
        #expect(throws: DatabaseError.self) {
            try ledger.queue.write { database in
                try database.execute(sql: "UPDATE total SET entries = 100")
                first.endProcess()
            }
        }
        let found = try Ledger(on: SimulatedDisk(storage)).examine()
        #expect(found.total == 5 && found.whole == [1, 2, 3, 4, 5] && found.integrity == "ok")
    }

    @Test("Storages beside each other, and the real disk, know nothing of each other")
    func apart() throws {
        let storages = (0..<3 as Range<UInt64>).map { SimulatedStorage(seed: $0) }
        let ledgers = try storages.map { try Ledger(on: SimulatedDisk($0)) }
        for (index, ledger) in ledgers.enumerated() {
            for number in 1...index + 1 { try ledger.write(number) }
        }
        for (index, ledger) in ledgers.enumerated() { #expect(try ledger.examine().total == index + 1) }
        #expect(!FileManager.default.fileExists(atPath: Ledger.path))
        let plain = try DatabaseQueue()
        #expect(try plain.read { try Int.fetchOne($0, sql: "SELECT 1") } == 1)
    }

    @Test("SQLite asks the storage for time and chance")
    func time() throws {
        let ledgers = try (0..<2).map { _ in try Ledger(on: SimulatedDisk(SimulatedStorage(seed: 4))) }
        let times = try ledgers.map { try $0.queue.read { try Int.fetchOne($0, sql: "SELECT unixepoch('now')") } }
        #expect(times == [1_700_000_000, 1_700_000_000])
    }

    @Test("What does not fit into SQLite's memory goes to temporary files that nobody sees")
    func temporaryFiles() throws {
        let storage = SimulatedStorage(seed: 0)
        let ledger = try Ledger(on: SimulatedDisk(storage))
        let rows = try ledger.queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA temp_store = FILE; PRAGMA temp.cache_size = 2")
            try database.execute(sql: "CREATE TEMP TABLE scratch (bytes BLOB)")
            for _ in 0..<40 { try database.execute(sql: "INSERT INTO scratch VALUES (zeroblob(3000))") }
            return try Int.fetchOne(database, sql: "SELECT SUM(length(bytes)) FROM scratch")
        }
        #expect(rows == 120_000)
        #expect(storage.paths == [Ledger.path, "\(Ledger.path)-wal"])
    }
}
