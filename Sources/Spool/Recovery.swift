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
    /// The database that was there before, where it was broken: its index was rebuilt, its other tables are empty.
    public var setAside: SetAside?

    public struct SetAside: Sendable, Codable, Equatable {
        /// Where it is now.
        public var path: String
        /// What is wrong with it.
        public var reason: String
    }

    public init() {}
}

/// Brings index and files together at start: files are the truth, the index follows.
///
/// Goes folder by folder, so that memory does not grow with the number of files, and in one transaction: either all
/// that was found has its row or nothing has, so that what is shown is never past something that is not.
struct Recovery {
    /// Bytes read at once.
    private static let pieceLength: Int64 = 1024 * 1024

    struct Found {
        var report = RecoveryReport()
        var free: [Int64] = []
        var nextFile: Int64 = 0
        var nextSequence: Int64 = 1
    }

    private let stage: Stage
    /// The files are those of rows that were there: nothing is written to them, and nothing is news.
    private let isRebuild: Bool
    private let folder: InstanceFolder
    private let database: Database
    /// The highest number that readers may have seen.
    private let lastShown: Int64
    private var found = Found()
    /// Orphans whose numbers readers have gone past: their syncs failed once, so they were never acknowledged.
    private var passedOver: [Orphan] = []

    /// A complete file without a row.
    private struct Orphan {
        var number: Int64
        var file: any DiskFile
        var instance: StoredInstance
    }

    static func run(stage: Stage, folder: InstanceFolder, database: StageDatabase) throws(SpoolError) -> Found {
        try finishReleases(folder: folder, database: database)
        return try database.durably { database in
            let lastShown = try Int64.fetchOne(database, sql: "SELECT COALESCE(MAX(sequence), 0) FROM instance") ?? 0
            var recovery = Recovery(stage: stage, folder: folder, database: database, lastShown: lastShown)
            try recovery.run()
            return recovery.found
        }
    }

    /// Fills an empty index from files that are durable already.
    ///
    /// - Returns: the files that cannot be trusted.
    static func rebuild(stage: Stage, folder: InstanceFolder, in database: Database) throws -> [String] {
        var recovery = Recovery(stage: stage, folder: folder, database: database, lastShown: 0, isRebuild: true)
        try recovery.run()
        return recovery.found.report.damaged
    }

    private init(
        stage: Stage, folder: InstanceFolder, database: Database, lastShown: Int64, isRebuild: Bool = false
    ) {
        self.stage = stage
        self.isRebuild = isRebuild
        self.folder = folder
        self.database = database
        self.lastShown = lastShown
    }

    private mutating func run() throws {
        found.nextSequence = lastShown + 1
        var next: Int64 = 0
        for range in try Self.onDisk({ () throws(DiskError) in try folder.ranges() }) {
            try reportMissing(next..<range.lowerBound)
            try look(at: range)
            next = range.upperBound
        }
        try reportMissing(next..<Int64.max)
        found.report.missing.sort()
        for orphan in passedOver { try adopt(try renumbered(orphan)) }
    }

    /// Empties what was being released when the process ended. A file that holds another object by now is left alone.
    private static func finishReleases(folder: InstanceFolder, database: StageDatabase) throws(SpoolError) {
        let entries = try database.read(ReleaseTable.entries)
        guard !entries.isEmpty else { return }
        for entry in entries {
            let path = folder.path(entry.file)
            guard try onDisk({ () throws(DiskError) in try folder.disk.exists(path) }) else { continue }
            let file = try onDisk { () throws(DiskError) in try folder.disk.open(path, for: .writing) }
            if let instance = try? Trailer.read(file, path: path), instance.sequence != entry.sequence { continue }
            try onDisk { () throws(DiskError) in
                try file.truncate(to: 0)
                try file.synchronizeData()
            }
        }
        // Their rows go with those of the audit log (``InstanceStore/auditRecovery(at:)``).
    }

    private mutating func look(at range: Range<Int64>) throws {
        let numbers = try Self.onDisk { () throws(DiskError) in try folder.numbers(in: range) }
        found.nextFile = max(found.nextFile, (numbers.last ?? -1) + 1)
        let indexed = try indexed(range)
        let existing = Set(numbers)
        found.report.missing += indexed.filter { !existing.contains($0.key) }.map(\.value)
        for number in numbers where indexed[number] == nil {
            guard let orphan = try orphan(number) else { continue }
            // Others may still claim the next numbers.
            if orphan.instance.sequence <= lastShown { passedOver.append(orphan) } else { try adopt(orphan) }
        }
    }

    /// The sequence numbers of rows by file number.
    private func indexed(_ range: Range<Int64>) throws -> [Int64: Int64] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT file, sequence FROM instance WHERE file >= ? AND file < ?",
            arguments: [range.lowerBound, range.upperBound])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["file"] as Int64, $0["sequence"] as Int64) })
    }

    private mutating func reportMissing(_ range: Range<Int64>) throws {
        found.report.missing += try indexed(range).values
    }

    /// Nil where the file holds no object, or one that is kept already; then it is emptied for use.
    private mutating func orphan(_ number: Int64) throws -> Orphan? {
        let path = folder.path(number)
        let file = try Self.onDisk { () throws(DiskError) in try folder.disk.open(path, for: .writing) }
        do {
            if let instance = try Trailer.read(file, path: path), try !isKnown(instance) {
                guard try Self.onDisk({ () throws(DiskError) in try makeDurable(instance, in: file) }) else {
                    // Nobody can tell an object that never arrived from one that has rotted since.
                    throw SpoolError.damagedFile(path: path, what: "its bytes differ from the digest in its trailer")
                }
                return Orphan(number: number, file: file, instance: instance)
            }
        } catch SpoolError.damagedFile {
            found.report.damaged.append(path)
            return nil
        }
        // The stage's pool of empty files knows them.
        if isRebuild { return nil }
        let isPartial = try Self.onDisk { () throws(DiskError) in
            guard try file.size() > 0 else { return false }
            try file.truncate(to: 0)
            return true
        }
        if isPartial { found.report.discardedPartial += 1 }
        found.free.append(number)
        return nil
    }

    /// Whether the same bytes are kept under the same UID already: their sender was told that the first time had
    /// failed, and came again.
    private func isKnown(_ instance: StoredInstance) throws -> Bool {
        try InstanceIndex.entries("sopInstanceUID = ?", [instance.sopInstanceUID.value], in: database)
            .contains { $0.instance.sha256 == instance.sha256 }
    }

    /// Makes the file durable and checks the data set's bytes against their digest; false where they differ. Before its
    /// one sync a file's sectors reach the disk in any order: a power cut may leave the trailer without all the data.
    ///
    /// The process may have ended before that sync, or after it failed, and then the system holds pages for written
    /// that are not: so everything is written again.
    private func makeDurable(_ instance: StoredInstance, in file: any DiskFile) throws(DiskError) -> Bool {
        var hash = SHA256()
        let size = try file.size()
        var offset: Int64 = 0
        while offset < size {
            let isData = offset < instance.dataSetLength
            let rest = (isData ? instance.dataSetLength : size) - offset
            let piece = try file.read(at: offset, count: Int(min(Self.pieceLength, rest)))
            guard !piece.isEmpty else { return false }
            if isData { piece.withUnsafeBytes { hash.update(bufferPointer: $0) } }
            if !isRebuild { try file.write(piece, at: offset) }
            offset += Int64(piece.count)
        }
        if !isRebuild { try file.synchronizeData() }
        return Digest(hash.finalize()) == instance.sha256
    }

    private mutating func adopt(_ orphan: Orphan) throws {
        try InstanceIndex.insert(
            .init(instance: orphan.instance, file: orphan.number), description: orphan.instance.json,
            in: database)
        found.nextSequence = max(found.nextSequence, orphan.instance.sequence + 1)
        guard !isRebuild else { return }
        // By the time that its file names: the clock may not be set yet.
        let subject = AuditSubject(orphan.instance, keptBy: stage)
        try AuditTable.append([AuditEvent(.instanceAdopted, at: orphan.instance.received, of: subject)], in: database)
        found.report.adopted += 1
    }

    /// With a number that no reader has gone past, durably.
    private func renumbered(_ orphan: Orphan) throws -> Orphan {
        var orphan = orphan
        orphan.instance.sequence = found.nextSequence
        let trailer = Trailer.encode(orphan.instance.json)
        try Self.onDisk { () throws(DiskError) in
            try orphan.file.truncate(to: orphan.instance.dataSetLength)
            try orphan.file.write(trailer, at: orphan.instance.dataSetLength)
            try orphan.file.synchronizeData()
        }
        return orphan
    }

    private static func onDisk<Value>(_ work: () throws(DiskError) -> Value) throws(SpoolError) -> Value {
        do throws(DiskError) { return try work() } catch { throw .disk(error) }
    }
}
