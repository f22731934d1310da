import Simulation
import Spool
import Testing
import TestSupport

@Suite("What a loss of power leaves of files")
struct PowerLossTests {
    static let sector = 512

    /// A file `/f` with a durable name.
    private func storage(_ seed: UInt64 = 0, content: [UInt8] = []) throws -> (SimulatedStorage, any DiskFile) {
        let storage = SimulatedStorage(seed: seed)
        let disk = SimulatedDisk(storage)
        try disk.createFile("/f")
        try disk.synchronizeFolder("/")
        let file = try disk.open("/f", for: .writing)
        try file.write(bytes: content, at: 0)
        try file.synchronizeData()
        return (storage, file)
    }

    @Test("What was synchronised is there, whatever came after it")
    func synchronized() throws {
        for seed in 0..<100 as Range<UInt64> {
            let (storage, file) = try storage(seed)
            try file.write(bytes: [UInt8](repeating: 1, count: 3000), at: 100)
            try file.truncate(to: 2500)
            try file.synchronizeData()
            let durable = try #require(storage.content(of: "/f"))
            try file.write(bytes: [2], at: 9000)
            storage.losePower(seed: seed)
            let found = try #require(storage.content(of: "/f"))
            #expect(found.starts(with: durable))
            #expect(found.count == 2500 || found.count == 9001)
        }
    }

    /// The model in other words: each sector and the size are as readers saw them at some moment since the last
    /// synchronisation, not necessarily the same one. Where another moment's size cuts the sector, or the size grew
    /// without the data, there are zeros.
    @Test("Each sector is as it was at some moment since the last synchronisation", arguments: 0..<150 as Range<UInt64>)
    func history(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let (storage, file) = try storage(content: (0..<3000).map { _ in UInt8.random(in: 1...9, using: &chance) })
        var moments = [try #require(storage.content(of: "/f"))]
        for number in 10..<18 as Range<UInt8> {
            switch Int.random(in: 0..<8, using: &chance) {
            case 0: try file.truncate(to: Int64.random(in: 0...5000, using: &chance))
            case 1 where number < 13:
                try file.synchronizeData()
                moments = []
            default:
                let bytes = [UInt8](repeating: number, count: Int.random(in: 1...2000, using: &chance))
                try file.write(bytes: bytes, at: Int64.random(in: 0...4000, using: &chance))
            }
            moments.append(try #require(storage.content(of: "/f")))
        }
        for crash in 0..<10 as Range<UInt64> {
            let copy = storage.copy()
            copy.losePower(seed: crash)
            let found = try #require(copy.content(of: "/f"))
            #expect(moments.contains { $0.count == found.count }, "crash \(crash)")
            for start in stride(from: 0, to: found.count, by: Self.sector) {
                let sector = found[start..<min(start + Self.sector, found.count)]
                let lastByte: Int? = sector.lastIndex { $0 != 0 }
                let end = lastByte.map { $0 + 1 } ?? start
                let isKnown = end == start || moments.contains { moment in
                    end <= moment.count && sector[start..<end] == moment[start..<end]
                }
                #expect(isKnown, "crash \(crash), offset \(start)")
            }
        }
    }

    @Test("A write may be lost, kept or torn, and one may be kept without those before it")
    func everyOutcome() throws {
        let (storage, file) = try storage(content: [UInt8](repeating: 0, count: 4 * Self.sector))
        try file.write(bytes: [UInt8](repeating: 1, count: 2 * Self.sector), at: 0)
        try file.write(bytes: [UInt8](repeating: 2, count: 2 * Self.sector), at: Int64(2 * Self.sector))
        var outcomes: Set<[UInt8]> = []
        for seed in 0..<3000 as Range<UInt64> {
            let copy = storage.copy()
            copy.losePower(seed: seed)
            let found = try #require(copy.content(of: "/f"))
            outcomes.insert((0..<4).map { found[$0 * Self.sector] })
        }
        // Each of the four sectors is written or not.
        #expect(outcomes.count == 16)
    }

    @Test("A file that grew may have its new size with zeros in it, or its old size")
    func growth() throws {
        let (storage, file) = try storage()
        try file.write(bytes: [UInt8](repeating: 1, count: Self.sector), at: 0)
        var outcomes: Set<[UInt8]> = []
        for seed in 0..<200 as Range<UInt64> {
            let copy = storage.copy()
            copy.losePower(seed: seed)
            outcomes.insert(try #require(copy.content(of: "/f")))
        }
        #expect(outcomes == [
            [], [UInt8](repeating: 0, count: Self.sector), [UInt8](repeating: 1, count: Self.sector),
        ])
    }

    @Test("What was opened before a loss of power fails for ever; a disk of the next start works")
    func handles() throws {
        let (storage, file) = try storage(content: [1])
        let disk = SimulatedDisk(storage)
        storage.losePower(seed: 0)
        #expect(throws: DiskError.self) { try file.size() }
        #expect(throws: DiskError.self) { try file.write(bytes: [1], at: 0) }
        #expect(throws: DiskError.self) { try file.synchronizeData() }
        #expect(throws: DiskError.self) { try disk.createFile("/g") }
        #expect(throws: DiskError.self) { try disk.names(in: "/") }
        #expect(try SimulatedDisk(storage).open("/f", for: .reading).read(at: 0, count: 10) == [1])
    }

    @Test("Power that is cut before an operation stays away until the next start")
    func cut() throws {
        let storage = SimulatedStorage(seed: 0)
        let disk = SimulatedDisk(storage)
        storage.cutPower(beforeOperation: 3)
        try disk.createFile("/a")
        try disk.createFile("/b")
        #expect(throws: DiskError.self) { try disk.synchronizeFolder("/") }
        #expect(!storage.isPowered)
        #expect(throws: DiskError.self) { try disk.exists("/a") }
        #expect(storage.operationCount == 2)
        storage.losePower(seed: 0)
        #expect(storage.isPowered)
        try SimulatedDisk(storage).synchronizeFolder("/")
    }

    @Test("The same seed leaves the same state, another seed often another")
    func determinism() throws {
        let (storage, file) = try storage(content: [UInt8](repeating: 9, count: 5000))
        for number in 0..<20 as Range<UInt8> {
            try file.write(bytes: [UInt8](repeating: number, count: 700), at: Int64(number) * 300)
        }
        let states = (0..<50 as Range<UInt64>).map { seed in
            let copies = [storage.copy(), storage.copy()]
            for copy in copies { copy.losePower(seed: seed) }
            #expect(copies[0].content(of: "/f") == copies[1].content(of: "/f"))
            return copies[0].content(of: "/f")
        }
        #expect(Set(states).count > 10)
    }
}

extension DiskFile {
    func write(bytes: [UInt8], at offset: Int64) throws {
        try bytes.withUnsafeBytes { try write($0, at: offset) }
    }
}
