import Records
import Spool

/// What every stage does for its database: ends when the disk fails it, keeps its audit log bounded, and says there
/// when the stage begins and ends.
struct StageUpkeep: Sendable {
    private static let watchInterval = Duration.seconds(1)
    private static let auditInterval = Duration.seconds(3600)

    let stage: Stage
    let database: StageDatabase
    let dataFolder: String
    let events: EventLog
    let time: KeptClock
    /// Of the configuration file.
    let configurationSHA256: Digest
    let progress: ProgressWatch

    /// Says in the audit log that the stage begins, upon which database and with which settings.
    ///
    /// - Parameters:
    ///   - recovery: what was found when the database was opened.
    ///   - models: what became of the configured networks.
    func begin(_ recovery: RecoveryReport, models: [AuditEvent] = []) throws(SpoolError) {
        let now = time.now()
        var events = [AuditEvent(.configurationLoaded, at: now, of: AuditSubject(file: configurationSHA256))] + models
        if let broken = recovery.setAside?.path.split(separator: "/").last {
            events.insert(
                AuditEvent(.databaseSetAside, at: now, of: AuditSubject(fileNamed: String(broken))), at: 0)
        }
        try database.auditStart(of: stage, at: now, settings: events)
    }

    /// Says in the audit log that the stage ended because it was told to.
    func end() {
        do throws(SpoolError) {
            try database.audit([AuditEvent(.stageStopped, at: time.now(), of: AuditSubject(stage: stage))])
            events.emit(Event(.stopped, .notice))
        } catch {
            // On a full disk, for instance. The stage ends in order all the same.
            events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
        }
    }

    /// Returns never, and throws once the database takes nothing more: the process is to end, and its supervisor to
    /// start it anew.
    func run() async throws {
        var auditDue = ContinuousClock.now
        let turning = progress.begin(.upkeep)
        defer { turning.end() }
        while true {
            turning.beat()
            if let failure = database.failure { throw failure }
            if ContinuousClock.now >= auditDue {
                auditDue += Self.auditInterval
                boundAudit()
            }
            try await Task.sleep(for: Self.watchInterval)
        }
    }

    private func boundAudit() {
        do throws(SpoolError) {
            _ = try AuditSegment.sealOldest(
                of: stage, in: database, folder: StageFiles.folder(stage, in: dataFolder), at: time.now())
        } catch {
            // The log stays as it is and grows on.
            events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
        }
    }
}
