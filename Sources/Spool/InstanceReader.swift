import DICOM
import Records

/// Read access to the instances that a stage keeps, for the stage itself and for those that come after it.
public final class InstanceReader: Sendable {
    public let stage: Stage
    let database: any Readable
    let folder: InstanceFolder

    init(stage: Stage, database: any Readable, folder: InstanceFolder) {
        self.stage = stage
        self.database = database
        self.folder = folder
    }

    /// Instances numbered above `sequence`, ascending, at most `limit`.
    public func instances(after sequence: Int64, limit: Int) throws(SpoolError) -> [StoredInstance] {
        try database.read { database in
            try InstanceIndex.entries(
                "sequence > ? ORDER BY sequence LIMIT ?", [sequence, limit], in: database)
        }.map(\.instance)
    }

    /// A study's instances numbered up to `sequence`, ascending.
    public func instances(ofStudy study: UID, through sequence: Int64) throws(SpoolError) -> [StoredInstance] {
        try database.read { database in
            try InstanceIndex.entries(
                "studyInstanceUID = ? AND sequence <= ? ORDER BY sequence", [study.value, sequence], in: database)
        }.map(\.instance)
    }

    /// Instances with this SOP Instance UID: one, or several where different bytes came under one UID.
    public func instances(sopInstanceUID uid: UID) throws(SpoolError) -> [StoredInstance] {
        try database.read { database in
            try InstanceIndex.entries("sopInstanceUID = ? ORDER BY sequence", [uid.value], in: database)
        }.map(\.instance)
    }

    /// The instance and the file whose first `dataSetLength` bytes are its data set.
    public func locate(_ sequence: Int64) throws(SpoolError) -> (instance: StoredInstance, path: String) {
        let entries = try database.read { database in
            try InstanceIndex.entries("sequence = ?", [sequence], in: database)
        }
        guard let entry = entries.first else { throw .notFound(stage: stage, sequence: sequence) }
        return (entry.instance, folder.path(entry.file))
    }

    /// Many at once, by their numbers; those that are not there are left out.
    public func locate(_ sequences: [Int64]) throws(SpoolError) -> [Int64: (instance: StoredInstance, path: String)] {
        let numbers = "[\(sequences.map(String.init).joined(separator: ","))]"
        let entries = try database.read { database in
            try InstanceIndex.entries("sequence IN (SELECT value FROM json_each(?))", [numbers], in: database)
        }
        var located: [Int64: (instance: StoredInstance, path: String)] = [:]
        for entry in entries { located[entry.instance.sequence] = (entry.instance, folder.path(entry.file)) }
        return located
    }

    /// Whether the instance's file is there and holds the whole data set and its trailer. Its bytes are not read.
    public func isWhole(_ sequence: Int64) throws(SpoolError) -> Bool {
        let (instance, path) = try locate(sequence)
        // Whatever keeps it from being read, the instance is not there to be answered for.
        guard let file = try? folder.disk.open(path, for: .reading) else { return false }
        return (try? Trailer.read(file, path: path)) == instance
    }

    /// The data set's bytes, checked against the digest that was taken on receipt.
    public func dataSet(_ sequence: Int64) throws(SpoolError) -> [UInt8] {
        let (instance, path) = try locate(sequence)
        let bytes: [UInt8]
        do {
            bytes = try folder.disk.open(path, for: .reading).read(at: 0, count: Int(instance.dataSetLength))
        } catch {
            throw .disk(error)
        }
        guard Digest(ofData: bytes) == instance.sha256 else {
            throw .damagedFile(path: path, what: "its bytes differ from the digest taken on receipt")
        }
        return bytes
    }
}
