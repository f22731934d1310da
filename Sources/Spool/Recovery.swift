import Crypto
import GRDB
import Records

/// What a stage found when it opened its instances.
public struct RecoveryReport: Sendable, Codable, Equatable {
    /// Complete files that the index did not know: durable before a power cut, perhaps never acknowledged.
    public var adopted: Int = 0
    /// Files without a trailer, and second copies: objects whose sender was never told that they had arrived.
    public var discardedPartial: Int = 0
    /// Sequence numbers in the index whose file is gone. Never empty by the program's own doing.
    public var missing: [Int64] = []
    /// Files that have a trailer but cannot be trusted; kept as they are.
    public var damaged: [String] = []

    public init() {}
}

/// Brings index and files together at start: files are the truth, the index follows.
enum Recovery {
    /// Bytes read at once.
    private static let pieceLength: Int64 = 1024 * 1024

    struct Found {
        var report = RecoveryReport()
        var free: [Int64] = []
        var nextFile: Int64 = 0
        var nextSequence: Int64 = 1
    }

    static func run(folder: InstanceFolder, database: StageDatabase) throws(SpoolError) -> Found {
        var found = Found()
        let numbers: [Int64]
        do { numbers = try folder.numbers() } catch { throw .disk(error) }
        found.nextFile = (numbers.last ?? -1) + 1
        let indexed = try database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT file, sequence FROM instance")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["file"] as Int64, $0["sequence"] as Int64) })
        }
        for number in numbers where indexed[number] == nil {
            try adopt(number, folder: folder, database: database, into: &found)
        }
        let existing = Set(numbers)
        found.report.missing = indexed.filter { !existing.contains($0.key) }.map(\.value).sorted()
        found.nextSequence = try database.read { database in
            try Int64.fetchOne(database, sql: "SELECT COALESCE(MAX(sequence), 0) + 1 FROM instance") ?? 1
        }
        return found
    }

    /// Makes the file durable and checks the data set's bytes against their digest; false where they differ. Before its
    /// one sync a file's sectors reach the disk in any order: a power cut may leave the trailer without all the data.
    ///
    /// The process may have ended before that sync, or after it failed, and then the system holds pages for written
    /// that are not: so everything is written again.
    private static func makeDurable(_ instance: StoredInstance, in file: any DiskFile) throws(DiskError) -> Bool {
        var hash = SHA256()
        let size = try file.size()
        var offset: Int64 = 0
        while offset < size {
            let isData = offset < instance.dataSetLength
            let rest = (isData ? instance.dataSetLength : size) - offset
            let piece = try file.read(at: offset, count: Int(min(pieceLength, rest)))
            guard !piece.isEmpty else { return false }
            if isData { piece.withUnsafeBytes { hash.update(bufferPointer: $0) } }
            try file.write(piece, at: offset)
            offset += Int64(piece.count)
        }
        try file.synchronizeData()
        return Digest(hash.finalize()) == instance.sha256
    }

    /// Whether the same bytes are kept under the same UID already: their sender was told that the first time had
    /// failed, and came again.
    private static func isKnown(_ instance: StoredInstance, in database: StageDatabase) throws(SpoolError) -> Bool {
        try database.read { database in
            try InstanceIndex.entries("sopInstanceUID = ?", [instance.sopInstanceUID.value], in: database)
        }.contains { $0.instance.sha256 == instance.sha256 }
    }

    private static func adopt(
        _ number: Int64, folder: InstanceFolder, database: StageDatabase, into found: inout Found
    ) throws(SpoolError) {
        let path = folder.path(number)
        do {
            let file = try folder.disk.open(path, for: .writing)
            if let instance = try Trailer.read(file, path: path), try !isKnown(instance, in: database) {
                guard try makeDurable(instance, in: file) else {
                    // Nobody can tell an object that never arrived from one that has rotted since.
                    throw SpoolError.damagedFile(path: path, what: "its bytes differ from the digest in its trailer")
                }
                let description = try Trailer.describe(instance)
                try database.write {
                    try InstanceIndex.insert(
                        .init(instance: instance, file: number), description: description, in: $0)
                }
                found.report.adopted += 1
                return
            }
            if try file.size() > 0 {
                try file.truncate(to: 0)
                found.report.discardedPartial += 1
            }
            found.free.append(number)
        } catch SpoolError.damagedFile(let path, _) {
            found.report.damaged.append(path)
        } catch let error as DiskError {
            throw .disk(error)
        } catch let error as SpoolError {
            throw error
        } catch {
            throw .damagedFile(path: path, what: "\(error)")
        }
    }
}
