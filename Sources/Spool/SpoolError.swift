import Records

/// Why the spool could not do what it was asked.
public enum SpoolError: Error, Equatable, CustomStringConvertible {
    case disk(DiskError)
    case damagedFile(path: String, what: String)
    case database(path: String, what: String)
    /// The database is not what was written; the next start sets it aside.
    case brokenDatabase(path: String, what: String)
    case alreadyRunning(stage: Stage, path: String)
    /// Storage commitment reports that no peer fetches.
    case tooManyReports(limit: Int)
    case notFound(stage: Stage, sequence: Int64)
    /// Less room is left than is kept free for the stages that empty the disk.
    case full(path: String, freePercent: Double)
    /// The audit log is not what was written.
    case damagedAudit(stage: Stage, fault: AuditFault)

    /// Whether the disk said that it has no room left; a sender may try again later.
    public var isOutOfSpace: Bool {
        // ENOSPC and EDQUOT, the same numbers on every Linux architecture.
        switch self {
        case .disk(let error): error.errorNumber == 28 || error.errorNumber == 122
        case .full: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .disk(let error):
            "\(error); check the disk's free space and health"
        case .damagedFile(let path, let what):
            "\(path) is damaged: \(what); it is kept as it is, ask the sender for the object again"
        case .database(let path, let what):
            "the database \(path) cannot be used: \(what)"
        case .brokenDatabase(let path, let what):
            "the database \(path) is broken: \(what); the next start sets it aside and begins a new one"
        case .alreadyRunning(let stage, let path):
            "another process already runs as \(stage.rawValue) on \(path); stop it first"
        case .tooManyReports(let limit):
            "\(limit) storage commitment reports wait for their peers; see to it that these take them"
        case .full(let path, let freePercent):
            "only \((freePercent * 10).rounded() / 10) % of the disk with \(path) is free; see to it that its "
                + "destinations take what waits for them"
        case .notFound(let stage, let sequence):
            "\(stage.rawValue) keeps no object number \(sequence)"
        case .damagedAudit(let stage, let fault):
            "the audit log of \(stage.rawValue) is damaged: \(fault)"
        }
    }
}
