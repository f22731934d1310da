import Records
import Spool

/// Whether the stages' databases and their newest objects are as they were written.
struct SpoolSelfTest: SelfTestCheck {
    /// For all stages together: a start must not wait longer.
    static let seconds = 24
    /// Of each stage.
    static let newestObjects = 1000

    let dataFolder: String

    var subject: SelfTestSubject { .spool }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        let stages: [Stage] = [.intake, .analysis, .courier]
        let findings = await BlockingWork.run {
            stages.enumerated().flatMap { number, stage in
                let share = { (looked: Int64) in
                    let part = min(Double(looked) / Double(Self.newestObjects), 1)
                    progress((Double(number) + part) / Double(stages.count))
                }
                return look(at: stage, until: .now + .seconds(Self.seconds / stages.count), share)
            }
        }
        return findings.isEmpty ? [.init(.ok, .spoolEmpty)] : findings
    }

    private func look(
        at stage: Stage, until deadline: ContinuousClock.Instant, _ progress: (Int64) -> Void
    ) -> [SelfTestFinding] {
        let folder = StageFiles.folder(stage, in: dataFolder)
        let check: SpoolQuickCheck
        do throws(SpoolError) {
            guard let found = try SpoolQuickCheck(
                stage, folder: folder, newest: Self.newestObjects, until: deadline, progress)
            else { return [] }
            check = found
        } catch {
            return [.init(.attention, .spoolUnreadable(stage: stage, reason: "\(error)"))]
        }
        var findings: [SelfTestFinding] = []
        switch check.database {
        case .whole: break
        case .broken(let reason): findings.append(.init(.attention, .databaseBroken(stage: stage, reason: reason)))
        case .tooLarge: findings.append(.init(.ok, .databaseTooLarge(stage: stage)))
        }
        if !check.faults.isEmpty {
            findings.append(.init(
                .attention, .objectsFaulty(stage: stage, count: check.faults.count, looked: check.looked)))
        }
        if check.databasesSetAside > 0 {
            findings.append(.init(.attention, .databasesSetAside(stage: stage, count: check.databasesSetAside)))
        }
        guard findings.isEmpty else { return findings }
        return [.init(
            .ok, stage == .courier
                ? .spoolKeepsNoObjects(stage: stage)
                : .spoolWhole(stage: stage, looked: check.looked, objects: check.objects))]
    }
}
