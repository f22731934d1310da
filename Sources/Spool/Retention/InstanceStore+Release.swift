import GRDB
import Records

extension InstanceStore {
    /// Gives up instances that nobody needs here any more: their rows first, durably, then their files' bytes. The
    /// files themselves are used again, so that their number stays bounded.
    ///
    /// The caller has made sure that everything owed to them is done.
    ///
    /// - Returns: how many bytes of data sets were given up.
    @discardableResult
    public func release(_ instances: [StoredInstance], at time: RecordedTime) throws(SpoolError) -> Int64 {
        let entries = try database.durably { database in
            let entries = try ReleaseTable.release(instances.map(\.sequence), in: database)
            try AuditTable.append(Self.audit(.objectReleased, instances, entries, stage, time), in: database)
            return entries
        }
        for entry in entries { try empty(entry) }
        try database.write { database in
            try ReleaseTable.forget(entries, in: database)
            try AuditTable.append(Self.audit(.objectDeleted, instances, entries, stage, time), in: database)
        }
        let released = Set(entries.map(\.sequence))
        return instances.reduce(0) { $0 + (released.contains($1.sequence) ? $1.dataSetLength : 0) }
    }

    private static func audit(
        _ kind: AuditEvent.Kind, _ instances: [StoredInstance], _ entries: [ReleaseTable.Entry], _ stage: Stage,
        _ time: RecordedTime
    ) -> [AuditEvent] {
        let released = Set(entries.map(\.sequence))
        return instances.filter { released.contains($0.sequence) }
            .map { AuditEvent(kind, at: time, of: AuditSubject($0, keptBy: stage)) }
    }

    private func empty(_ entry: ReleaseTable.Entry) throws(SpoolError) {
        do throws(DiskError) {
            let file = try folder.disk.open(folder.path(entry.file), for: .writing)
            try file.truncate(to: 0)
            // The row in `released` goes after this: the old bytes must not come back without it.
            try file.synchronizeData()
            try prepared.giveBack(entry.file, file)
        } catch {
            throw .disk(error)
        }
    }
}

extension InstanceReader {
    /// The folder of the instances.
    public var folderPath: String { folder.root }

    /// How much room there is where the instances lie.
    public func diskSpace() throws(SpoolError) -> DiskSpace {
        do { return try folder.disk.space(at: folder.root) } catch { throw .disk(error) }
    }
}
