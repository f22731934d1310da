import Foundation
import Simulation
import Spool
import Testing

@Suite("Faults of the simulated disk")
struct FaultTests {
    private func file(_ path: String, on disk: SimulatedDisk) throws -> any DiskFile {
        try disk.createFile(path)
        try disk.synchronizeFolder("/")
        return try disk.open(path, for: .writing)
    }

    private func errorNumber(_ body: () throws -> Void) -> Int32? {
        do { try body() } catch { return (error as? DiskError)?.errorNumber }
        return nil
    }

    @Test("A full disk writes what fits, and everything again once there is room")
    func fullDisk() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let file = try file("/a", on: disk)
        try file.write(bytes: [1, 2, 3], at: 0)
        storage.limit(bytes: 5)
        #expect(errorNumber { try file.write(bytes: [4, 5, 6], at: 3) } == ENOSPC)
        #expect(storage.content(of: "/a") == [1, 2, 3, 4, 5])
        // What is there already can be written again.
        try file.write(bytes: [9, 9, 9, 9, 9], at: 0)
        storage.limit(bytes: 6)
        try file.write(bytes: [4, 5, 6], at: 3)
        #expect(storage.content(of: "/a") == [9, 9, 9, 4, 5, 6])
        try file.truncate(to: 0)
        #expect(storage.usedBytes == 0)
    }

    @Test("A disk without free inodes makes no more files, until one is removed")
    func inodes() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        try disk.createFile("/a")
        storage.limit(nodes: storage.usedNodes)
        #expect(errorNumber { try disk.createFile("/b") } == ENOSPC)
        #expect(errorNumber { try disk.createFolder("/c") } == ENOSPC)
        try disk.remove("/a")
        try disk.createFile("/b")
    }

    @Test("Planned failures hit the chosen operation of the chosen file, once or for good")
    func planned() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let (a, b) = (try file("/a", on: disk), try file("/b", on: disk))
        storage.plan(StorageFailure(.write, occurrence: 2) { $0 == "/a" })
        storage.plan(StorageFailure(.read, isLasting: true) { $0 == "/b" })
        try a.write(bytes: [1], at: 0)
        try b.write(bytes: [1], at: 0)
        #expect(errorNumber { try a.write(bytes: [2], at: 0) } == EIO)
        #expect(storage.content(of: "/a") == [1])
        try a.write(bytes: [3], at: 0)
        for _ in 0..<3 { #expect(errorNumber { _ = try b.read(at: 0, count: 1) } == EIO) }
        storage.dropFailures()
        #expect(try b.read(at: 0, count: 1) == [1])
    }

    @Test("After a failed synchronisation the next one reports success for data that is gone")
    func failedSynchronization() throws {
        var lost = 0
        var hidden = 0
        for seed in 0..<100 as Range<UInt64> {
            let storage = SimulatedStorage(seed: seed)
            let file = try file("/a", on: SimulatedDisk(storage))
            try file.write(bytes: [UInt8](repeating: 1, count: 600), at: 0)
            try file.synchronizeData()
            try file.write(bytes: [UInt8](repeating: 2, count: 600), at: 0)
            storage.plan(StorageFailure(.synchronizeFile))
            #expect(errorNumber { try file.synchronizeData() } == EIO)
            let seen = storage.content(of: "/a")
            try file.synchronizeData()
            storage.losePower(seed: seed)
            let found = storage.content(of: "/a")
            #expect(found?.count == 600)
            if found?.contains(1) == true { lost += 1 }
            // Readers saw what the platter does not hold.
            if found != seen { hidden += 1 }
        }
        #expect(lost > 20 && hidden > 10 && hidden < lost)
    }

    @Test("Bits flip on the platter and in what readers see")
    func bitRot() throws {
        let storage = SimulatedStorage(seed: 0)
        let file = try file("/a", on: SimulatedDisk(storage))
        try file.write(bytes: [UInt8](repeating: 0, count: 1000), at: 0)
        try file.synchronizeData()
        try storage.flipBits(in: "/a", seed: 5)
        let seen = try #require(storage.content(of: "/a"))
        #expect(seen.reduce(0) { $0 + $1.nonzeroBitCount } == 1)
        storage.losePower(seed: 0)
        #expect(storage.content(of: "/a") == seen)
        #expect(errorNumber { try storage.flipBits(in: "/b", seed: 5) } == ENOENT)
    }

    @Test("A lock has one holder, and none after the end of its process")
    func locks() throws {
        let storage = SimulatedStorage(seed: 0)
        let (one, other) = (SimulatedDisk(storage), SimulatedDisk(storage))
        var lock = try one.lock("/lock")
        #expect(lock != nil)
        #expect(try other.lock("/lock") == nil)
        #expect(other.isLocked("/lock"))
        lock = nil
        #expect(!other.isLocked("/lock"))
        lock = try one.lock("/lock")
        one.endProcess()
        let second = try other.lock("/lock")
        #expect(second != nil)
        // The end of the first holder's object takes nothing from the second.
        lock = nil
        #expect(other.isLocked("/lock"))
    }

    @Test("A process that ends leaves what it wrote to the system")
    func endOfProcess() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        let file = try file("/a", on: disk)
        try file.write(bytes: [1, 2], at: 0)
        disk.endProcess()
        #expect(errorNumber { try file.write(bytes: [3], at: 0) } == EIO)
        #expect(try SimulatedDisk(storage).open("/a", for: .reading).read(at: 0, count: 9) == [1, 2])
    }
}
