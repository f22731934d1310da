import GRDB
import Records

/// What a person did with a stage's objects or with the box, or found out about them, that changes nothing of the stage
/// but its audit log.
public enum ObjectAct: Sendable, Codable, Equatable {
    /// The object was written to a file outside the spool.
    case exported(sequence: Int64)
    /// The objects are not as they were written.
    case found(fault: InstanceFault.Kind, sequences: [Int64])
    /// Another configuration is in force.
    case configured(sha256: Records.Digest, from: Origin)

    /// Where a configuration came from.
    public enum Origin: String, Sendable, Codable, CaseIterable {
        case credential, bootPartition, file

        /// What the audit log says of it.
        var reason: AuditReason {
            switch self {
            case .credential: AuditReason("from a systemd credential")
            case .bootPartition: AuditReason("from the boot partition")
            case .file: AuditReason("from a file that was named")
            }
        }
    }

    /// Adds the rows that tell of it. What the log says of the objects comes from the stage's own index.
    ///
    /// - Throws: ``SpoolError/notFound(stage:sequence:)`` where an object that was exported is not kept.
    func audit(of stage: Stage, by actor: AuditActor, at time: RecordedTime, in database: Database) throws {
        switch self {
        case .exported(let sequence):
            let entries = try InstanceIndex.entries("sequence = ?", [sequence], in: database)
            guard let entry = entries.first else { throw SpoolError.notFound(stage: stage, sequence: sequence) }
            let subject = AuditSubject(entry.instance, keptBy: stage)
            try AuditTable.append([AuditEvent(.objectExported, at: time, by: actor, of: subject)], in: database)
        case .found(let fault, let sequences):
            var faults = try ObjectFaults(of: stage, by: actor, at: time, in: database)
            for sequence in sequences { try faults.add(fault, sequence, in: database) }
            try faults.append(to: database)
        case .configured(let sha256, let origin):
            let event = AuditEvent(
                .configurationApplied, at: time, by: actor, of: AuditSubject(file: sha256), reason: origin.reason)
            try AuditTable.append([event], in: database)
        }
    }
}

extension InstanceStore {
    /// Tells of `act` in the audit log. Returns when that is durable.
    ///
    /// - Throws: ``SpoolError/notFound(stage:sequence:)`` where an object that was exported is not kept.
    public func audit(_ act: ObjectAct, by actor: AuditActor, at time: RecordedTime) throws(SpoolError) {
        try database.durably { try act.audit(of: stage, by: actor, at: time, in: $0) }
    }
}
