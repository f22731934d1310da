import Records
import Synchronization

/// How a stage is looked after: it marks its progress here, says when it is ready, and can be asked how it is.
public final class StageSupervision: Sendable {
    public let stage: Stage
    let progress: ProgressWatch
    private let describe = Mutex<(@Sendable () -> StageCondition)?>(nil)

    /// - Parameter interval: that of the watchdog.
    init(_ stage: Stage, interval: Duration = WatchdogService.usualInterval) {
        self.stage = stage
        progress = ProgressWatch(interval: interval)
    }

    /// The stage does from now on what it is there for.
    ///
    /// - Parameter describe: what it says of itself when it is asked. It may wait for the disk, but not for long.
    func begin(_ describe: @escaping @Sendable () -> StageCondition) { self.describe.withLock { $0 = describe } }

    var isReady: Bool { describe.withLock { $0 != nil } }

    /// What the stage says of itself, and what is seen of it.
    func condition() -> StageCondition {
        let describe = describe.withLock { $0 }
        var condition = describe?() ?? StageCondition(stage: stage, summary: "Starting")
        let overdue = progress.lastOverdue
        condition.troubles += overdue.map { .partOverdue($0.part, seconds: Int($0.silence.components.seconds)) }
        if !overdue.isEmpty { condition.summary = Self.sentence(overdue) }
        return condition
    }

    /// For STATUS= and logs.
    static func sentence(_ overdue: [OverduePart]) -> String {
        let parts = overdue.map { "\($0.part.words) has not moved for \($0.silence.components.seconds) seconds" }
        return "Hangs: " + parts.joined(separator: ", ")
    }
}
