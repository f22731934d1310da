import Records
import Spool

/// What every stage does for its database: ends when the disk fails it, and keeps its audit log bounded.
struct StageUpkeep: Sendable {
    private static let watchInterval = Duration.seconds(1)
    private static let auditInterval = Duration.seconds(3600)

    let stage: Stage
    let database: StageDatabase
    let dataFolder: String
    let events: EventLog
    let time: KeptClock

    /// Returns never, and throws once the database takes nothing more: the process is to end, and its supervisor to
    /// start it anew.
    func run() async throws {
        var auditDue = ContinuousClock.now
        while true {
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
