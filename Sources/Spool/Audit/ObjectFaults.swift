import Foundation
import GRDB
import Records

/// Kept objects that are not as they were written, on their way into the audit log: a row for each, once, however often
/// it is found, as long as the log holds the row (``AuditSegment``).
struct ObjectFaults {
    /// Rows that one transaction adds. An object beyond them is told of when it is found again.
    static let mostAtOnce = 10_000

    private let stage: Stage
    private let actor: AuditActor
    private let time: RecordedTime
    private var told: Set<Key>
    private var events: [AuditEvent] = []

    /// Reads the whole log, a second or two of a long one: only where there is a fault to tell of.
    init(of stage: Stage, by actor: AuditActor, at time: RecordedTime, in database: Database) throws {
        (self.stage, self.actor, self.time) = (stage, actor, time)
        let words = [AuditEvent.Kind.objectMissing, .objectDamaged].map { "\"kind\":\"\($0)\"" }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT event ->> 'kind' AS kind, event ->> 'sequence' AS sequence, event ->> 'file' AS file FROM audit
                WHERE instr(event, ?) > 0 OR instr(event, ?) > 0
                """,
            arguments: StatementArguments(words))
        told = Set(rows.map { Key(kind: $0["kind"], sequence: $0["sequence"], file: $0["file"]) })
    }

    /// Whether more is of no use.
    var isFull: Bool { events.count >= Self.mostAtOnce }

    /// - Parameters:
    ///   - instance: nil where its file does not tell any more.
    ///   - file: the number of its file.
    mutating func add(_ kind: InstanceFault.Kind, _ instance: StoredInstance?, file: Int64) {
        guard !isFull else { return }
        var subject = instance.map { AuditSubject($0, keptBy: stage) } ?? AuditSubject(stage: stage)
        subject.file = AuditText(InstanceFolder.name(file), as: .file)
        let reason: AuditReason? = switch kind {
        case .contradictory: AuditReason("file and index tell of different objects")
        case .missing, .damaged: nil
        }
        let event = AuditEvent(
            kind == .missing ? .objectMissing : .objectDamaged, at: time, by: actor, of: subject, reason: reason)
        let key = Key(kind: event.kind.rawValue, sequence: subject.sequence, file: subject.file?.value)
        if told.insert(key).inserted { events.append(event) }
    }

    mutating func add(_ kind: InstanceFault.Kind, _ sequence: Int64, in database: Database) throws {
        guard !isFull else { return }
        // Its stage may have let go of it meanwhile.
        guard let entry = try InstanceIndex.entries("sequence = ?", [sequence], in: database).first else { return }
        add(kind, entry.instance, file: entry.file)
    }

    /// A file that has a trailer and cannot be trusted. Where the trailer is damaged too, the file's number is told.
    mutating func add(damaged path: String, in folder: InstanceFolder) {
        guard !isFull, let name = path.split(separator: "/").last, let number = Int64(name) else { return }
        let trailer = try? (try? folder.disk.open(path, for: .reading)).flatMap { try Trailer.read($0, path: path) }
        add(.damaged, trailer, file: number)
    }

    func append(to database: Database) throws { try AuditTable.append(events, in: database) }

    /// What makes two rows tell of the same.
    private struct Key: Hashable {
        var kind: String?
        var sequence: Int64?
        var file: String?
    }
}

extension InstanceStore {
    /// Tells in the audit log of what was found when the store was opened, and of the objects whose deletion a power
    /// cut had interrupted. Call it once the time is known, before any object is released.
    public func auditRecovery(at time: RecordedTime) throws(SpoolError) {
        let deleted = try database.read(ReleaseTable.entries)
        guard !deleted.isEmpty || !recovery.missing.isEmpty || !recovery.damaged.isEmpty else { return }
        try database.durably { database in
            var faults = try ObjectFaults(of: stage, by: .appliance, at: time, in: database)
            for sequence in recovery.missing { try faults.add(.missing, sequence, in: database) }
            for path in recovery.damaged { faults.add(damaged: path, in: folder) }
            try faults.append(to: database)
            // Of those nothing is left but their numbers, which stand in the rows of their release too.
            let events = deleted.map { entry in
                var subject = AuditSubject(stage: stage)
                subject.sequence = entry.sequence
                return AuditEvent(.objectDeleted, at: time, of: subject)
            }
            try AuditTable.append(events, in: database)
            try ReleaseTable.forget(deleted, in: database)
        }
    }
}
