import Simulation
import Spool
import Testing

@Suite("What a loss of power leaves of names")
struct NameTests {
    /// The sets of paths that may be left of `storage`.
    private func outcomes(_ storage: SimulatedStorage) -> Set<[String]> {
        Set((0..<300 as Range<UInt64>).map { seed in
            let copy = storage.copy()
            copy.losePower(seed: seed)
            return copy.paths
        })
    }

    @Test("Names are lost or kept each by itself, until their folder is synchronised")
    func creation() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        try disk.createFile("/a")
        try disk.createFile("/b")
        #expect(outcomes(storage) == [[], ["/a"], ["/b"], ["/a", "/b"]])
        try disk.synchronizeFolder("/")
        #expect(outcomes(storage) == [["/a", "/b"]])
    }

    @Test("Synchronising a file does not make its name durable")
    func fileAlone() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        try disk.createFile("/a")
        let file = try disk.open("/a", for: .writing)
        try file.write(bytes: [1], at: 0)
        try file.synchronizeData()
        #expect(outcomes(storage) == [[], ["/a"]])
    }

    @Test("A name that was removed comes back with its content, until the folder is synchronised")
    func removal() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        try disk.createFile("/a")
        let file = try disk.open("/a", for: .writing)
        try file.write(bytes: [7], at: 0)
        try file.synchronizeData()
        try disk.synchronizeFolder("/")
        try disk.remove("/a")
        #expect(storage.paths.isEmpty)
        // Whoever has it open goes on.
        #expect(try file.read(at: 0, count: 1) == [7])
        #expect(outcomes(storage) == [[], ["/a"]])
        for seed in 0..<100 as Range<UInt64> {
            let copy = storage.copy()
            copy.losePower(seed: seed)
            if copy.paths == ["/a"] { #expect(copy.content(of: "/a") == [7]) }
        }
        try disk.synchronizeFolder("/")
        #expect(outcomes(storage) == [[]])
    }

    @Test("A renaming is kept or lost as a whole, and replaces what was there")
    func renaming() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        for (path, content) in [("/new", 2), ("/old", 1)] as [(String, UInt8)] {
            try disk.createFile(path)
            let file = try disk.open(path, for: .writing)
            try file.write(bytes: [content], at: 0)
            try file.synchronizeData()
        }
        try disk.synchronizeFolder("/")
        try disk.rename("/new", to: "/old")
        #expect(outcomes(storage) == [["/new", "/old"], ["/old"]])
        for seed in 0..<50 as Range<UInt64> {
            let copy = storage.copy()
            copy.losePower(seed: seed)
            #expect(copy.content(of: "/old") == (copy.paths.count == 1 ? [2] : [1]))
        }
    }

    @Test("With a folder's name goes what is in it; making it through the disk keeps it")
    func folders() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        storage.ignoreSynchronize { $0 == "/a" }
        try disk.createFolder("/a/b")
        try disk.createFile("/a/b/c")
        try disk.synchronizeFolder("/a/b")
        // The bug: the folder's name within its parent was not made durable.
        #expect(outcomes(storage) == [[], ["/a/b/c"]])
        storage.ignoreSynchronize(where: nil)
        try disk.createFolder("/d/e")
        try disk.createFile("/d/e/f")
        try disk.synchronizeFolder("/d/e")
        #expect(outcomes(storage) == [["/d/e/f"], ["/a/b/c", "/d/e/f"]])
    }

    @Test("Names and missing places are refused as by the system")
    func refusals() throws {
        let disk = SimulatedDisk(SimulatedStorage(seed: 0))
        try disk.createFile("/a")
        #expect(throws: DiskError.self) { try disk.createFile("/a") }
        #expect(throws: DiskError.self) { try disk.createFile("/b/c") }
        #expect(throws: DiskError.self) { try disk.open("/c", for: .reading) }
        #expect(throws: DiskError.self) { try disk.remove("/c") }
        #expect(throws: DiskError.self) { try disk.open("/a", for: .reading).write(bytes: [1], at: 0) }
        try disk.createFolder("/d")
        #expect(throws: DiskError.self) { try disk.rename("/a", to: "/d/a") }
        #expect(try disk.exists("/a") && !disk.exists("/z"))
        #expect(Set(try disk.names(in: "/")) == ["a", "d"])
    }
}
