import Logging
import Records
import Spool

/// Where a stage's events go: one log line each, and the stage's counters.
struct EventLog: Sendable {
    private let logger: Logger
    private let stage: Stage
    private let database: StageDatabase?

    init(stage: Stage, database: StageDatabase?, logger: Logger) {
        self.stage = stage
        self.database = database
        self.logger = logger
    }

    /// - Parameters:
    ///   - count: how many times it happened; one line tells of all.
    ///   - audit: what the audit log says of it; nil where the effect's own transaction did.
    func emit(_ event: Event, count: Int = 1, audit: AuditEvent? = nil) {
        // Within it, for a level that is not logged costs nothing then.
        logger.log(level: event.level, "\(line(event))", metadata: event.journalFields(of: stage))
        guard let database, event.counter != nil || audit != nil else { return }
        do {
            try database.note(counter: event.counter, by: count, audit: audit)
        } catch {
            // What happened has happened: the stage goes on, and its log says what is missing.
            logger.error("\(stage.rawValue) noteLost event=\(event.kind.rawValue) reason=\(Self.quoted("\(error)"))")
        }
    }

    private func line(_ event: Event) -> String {
        var line = "\(stage.rawValue) \(event.kind.rawValue)"
        for (name, value) in event.details {
            line += " "
            line += name
            line += "="
            line += Self.quoted(value)
        }
        return line
    }

    /// One event stays one line whatever a peer put into its titles.
    private static func quoted(_ value: String) -> String {
        let isPlain = { (byte: UInt8) in
            (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
        }
        if !value.isEmpty, value.utf8.allSatisfy(isPlain) { return value }
        let escaped = value.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "'"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: " "
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

extension EventLog {
    /// Says what a stage found when it opened its spool; nothing where all was well.
    func emitRecovery(_ report: RecoveryReport) {
        if let broken = report.setAside {
            emit(Event(.databaseSetAside, .error, ["file": broken.path, "reason": broken.reason]))
        }
        if report.adopted > 0 || report.discardedPartial > 0 {
            emit(Event(.recovered, .notice, ["adopted": report.adopted, "discardedPartial": report.discardedPartial]))
        }
        for sequence in report.missing { emit(Event(.objectMissing, .critical, ["sequence": sequence])) }
        for path in report.damaged { emit(Event(.fileDamaged, .critical, ["file": path])) }
    }
}
