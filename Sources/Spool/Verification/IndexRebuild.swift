import GRDB
import Records

/// What became of an index that was made anew from the files' trailers.
public struct IndexRebuildReport: Sendable, Codable, Equatable {
    public var stage: Stage
    public var objects: Int64
    /// Rows that the index did not have before.
    public var added: Int64
    /// Rows of objects that no file tells of.
    public var lost: [Int64]
    /// Rows that told something else.
    public var changed: Int64
    /// Files that have a trailer but cannot be trusted; kept as they are.
    public var damaged: [String]
}

extension InstanceStore {
    /// Makes the index anew from the files and compares it with what it was, in one transaction. Every data set is
    /// read. The stage must not receive meanwhile.
    ///
    /// - Parameter actor: whoever asked for it.
    public func rebuildIndex(by actor: AuditActor, at time: RecordedTime) throws(SpoolError) -> IndexRebuildReport {
        try database.durably { database in
            try database.execute(sql: """
                CREATE TEMPORARY TABLE before AS SELECT sequence, file, description FROM instance;
                DELETE FROM instance;
                """)
            defer { try? database.execute(sql: "DROP TABLE temp.before") }
            let damaged = try Recovery.rebuild(stage: stage, folder: folder, in: database)
            let rebuilt = AuditEvent(.indexRebuilt, at: time, by: actor, of: AuditSubject(stage: stage))
            try AuditTable.append([rebuilt], in: database)
            let isLost = "sequence NOT IN (SELECT sequence FROM instance) ORDER BY sequence"
            var faults = try ObjectFaults(of: stage, by: actor, at: time, in: database)
            let lost = try InstanceIndex.entries(
                "\(isLost) LIMIT ?", from: "before", [ObjectFaults.mostAtOnce], in: database)
            for path in damaged { faults.add(damaged: path, in: folder) }
            for entry in lost where !damaged.contains(folder.path(entry.file)) {
                faults.add(.missing, entry.instance, file: entry.file)
            }
            try faults.append(to: database)
            func count(_ sql: String) throws -> Int64 { try Int64.fetchOne(database, sql: sql) ?? 0 }
            return IndexRebuildReport(
                stage: stage, objects: try count("SELECT COUNT(*) FROM instance"),
                added: try count("SELECT COUNT(*) FROM instance WHERE sequence NOT IN (SELECT sequence FROM before)"),
                lost: try Int64.fetchAll(database, sql: "SELECT sequence FROM before WHERE \(isLost)"),
                changed: try count("""
                    SELECT COUNT(*) FROM instance JOIN before USING (sequence)
                    WHERE instance.file <> before.file OR instance.description <> before.description
                    """),
                damaged: damaged)
        }
    }
}
