import Records
import Spool

/// What a stage does for those who ask it over its control socket.
protocol StageControl: Sendable {
    /// - Parameters:
    ///   - account: who asks.
    ///   - progress: called between the steps of a long act, with how much was changed so far; false ends the act, for
    ///     nobody waits any longer.
    /// - Returns: the answer's last line.
    func answer(
        _ request: ControlRequest, of account: Account, progress: (Int) async -> Bool
    ) async -> ControlAnswer
}

extension StageControl {
    /// What is said to one who asks the wrong stage.
    var notOffered: ControlAnswer { .failed(reason: "this is nothing that this stage does", changed: 0) }
}

/// What the stages do that keep objects: they write down what was done with these elsewhere.
struct ObjectControl: StageControl {
    let store: InstanceStore
    let time: KeptClock

    func answer(
        _ request: ControlRequest, of account: Account, progress: (Int) async -> Bool
    ) async -> ControlAnswer {
        guard case .audit(let act) = request else { return notOffered }
        do throws(SpoolError) {
            try store.audit(act, by: account.auditActor, at: time.now())
            return .done(changed: 0, first: [])
        } catch {
            return .failed(reason: "\(error)", changed: 0)
        }
    }
}
