import Records
import Spool

/// Has what a command did with objects written into the audit log of the stage that keeps them: by the stage itself
/// where it runs, and otherwise by the command, which holds the stage's lock meanwhile. A database has one writer.
public struct ObjectActs: Sendable {
    private let dataFolder: String
    private let account: Account

    public init(dataFolder: String, account: Account = .current) {
        (self.dataFolder, self.account) = (dataFolder, account)
    }

    /// Returns when the rows are durable.
    ///
    /// - Throws: ``ControlError`` where the stage runs and cannot be asked, ``SpoolError`` where its database cannot be
    ///   written to.
    public func audit(_ act: ObjectAct, of stage: Stage) async throws {
        let client = ControlClient(dataFolder: dataFolder, stage: stage, account: account)
        if !client.isRunning, try auditHere(act, of: stage) { return }
        _ = try await client.ask(.audit(act: act))
    }

    /// False where the stage was started just now.
    private func auditHere(_ act: ObjectAct, of stage: Stage) throws(SpoolError) -> Bool {
        let time = try KeptClock(reading: .system, dataFolder: dataFolder).now()
        do throws(SpoolError) {
            try StoppedStage.audit(
                act, of: stage, folder: StageFiles.folder(stage, in: dataFolder), by: account.auditActor, at: time)
            return true
        } catch {
            guard case .alreadyRunning = error else { throw error }
            return false
        }
    }

    /// Tells of all the faults that looking at a stage's objects found.
    public func audit(_ report: VerificationReport) async throws {
        for kind in InstanceFault.Kind.allCases {
            var sequences = report.faults.filter { $0.kind == kind }.map(\.sequence)[...]
            while !sequences.isEmpty {
                let some = Array(sequences.prefix(ControlLimits.numbers))
                try await audit(.found(fault: kind, sequences: some), of: report.stage)
                sequences = sequences.dropFirst(some.count)
            }
        }
    }
}
