import Records
import Spool

/// Whether the units run and answer.
struct StagesSelfTest: SelfTestCheck {
    let dataFolder: String
    /// They were started: one that does not run is a fault of this version.
    let mustRun: Bool

    var subject: SelfTestSubject { .stages }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        let stages: [Stage] = [.intake, .analysis, .courier]
        let clients = stages.map { ($0, ControlClient(dataFolder: dataFolder, stage: $0)) }
        guard mustRun || clients.contains(where: \.1.isRunning) else { return [.init(.ok, .stagesNotStarted)] }
        var findings: [SelfTestFinding] = []
        for (number, (stage, client)) in clients.enumerated() {
            findings.append(await look(at: stage, client))
            progress(Double(number + 1) / Double(stages.count))
        }
        return findings
    }

    private func look(at stage: Stage, _ client: ControlClient) async -> SelfTestFinding {
        do throws(ControlError) {
            _ = try await client.ask(.condition)
            return .init(.ok, .stageRuns(stage: stage))
        } catch {
            switch error {
            case .notRunning: return .init(mustRun ? .failed : .attention, .stageDown(stage: stage))
            // It answered, if only that it will not say.
            case .refused: return .init(.ok, .stageRuns(stage: stage))
            default: return .init(.attention, .stageAnswersNot(stage: stage, reason: "\(error)"))
            }
        }
    }
}
