import Logging
import Records
import ServiceLifecycle
import Synchronization

/// Looks after the stages of this process: tells the service manager when they are ready, what they do, and that all
/// their parts move. Where one does not, it says which, and the manager ends the process (`WatchdogSec=`).
///
/// It looks from a thread of its own, which needs nothing that could hang with a part.
final class WatchdogService: Service {
    /// Where no service manager watches, parts that hang are told all the same.
    static let usualInterval = Duration.seconds(60)
    /// How often the stages are asked what they do.
    static let statusInterval = Duration.milliseconds(500)

    private let stages: [StageSupervision]
    private let manager: ServiceManager
    private let logs: [EventLog]
    private let start = ContinuousClock.now
    /// By stage, the parts that hang and were told.
    private let told = Mutex<[[StagePart]]>([])

    init(_ stages: [StageSupervision], manager: ServiceManager, logger: Logger) {
        (self.stages, self.manager) = (stages, manager)
        logs = stages.map { EventLog(stage: $0.stage, database: nil, logger: logger) }
        told.withLock { $0 = Array(repeating: [], count: stages.count) }
    }

    func run() async throws {
        let interval = stages.map(\.progress.lookInterval).min() ?? Self.usualInterval
        let thread = WatchdogThread(every: interval) { [self] in look() }
        defer { thread.stop() }
        try await withGracefulShutdownHandler {
            try await untilShutdown { [self] in try await tell() }
        } onGracefulShutdown: { [manager] in
            manager.notify(.stopping)
            manager.notify(.status("Ending in order"))
        }
    }

    /// Tells of readiness, once, and of every change of what the stages do.
    private func tell() async throws {
        var isReady = false
        var last = ""
        while true {
            if !isReady, stages.allSatisfy(\.isReady) {
                isReady = true
                manager.notify(.ready)
            }
            let status = status()
            if status != last { manager.notify(.status(status)) }
            last = status
            try await Task.sleep(for: Self.statusInterval)
        }
    }

    private func status() -> String {
        guard stages.count > 1 else { return stages.first?.condition().summary ?? "" }
        return stages.map { "\($0.stage.rawValue): \($0.condition().summary)" }.joined(separator: "; ")
    }

    /// Looks whether all parts move.
    func look() {
        let now = start.duration(to: .now)
        var hanging: [String] = []
        for (index, stage) in stages.enumerated() {
            let overdue = stage.progress.look(at: now)
            if !overdue.isEmpty { hanging.append(StageSupervision.sentence(overdue)) }
            log(overdue, index)
        }
        if hanging.isEmpty {
            manager.notify(.watchdog)
        } else {
            // Whoever tells of what the stages do may hang with them.
            manager.notify(.status(hanging.joined(separator: "; ")))
        }
    }

    /// A line for each part that has begun to hang, and for each that moves again.
    private func log(_ overdue: [OverduePart], _ index: Int) {
        let before = told.withLock { told in
            defer { told[index] = overdue.map(\.part) }
            return told[index]
        }
        for each in overdue where !before.contains(each.part) {
            logs[index].emit(Event(.partOverdue, .critical, [
                "part": each.part.rawValue, "seconds": each.silence.components.seconds,
                "reason": manager.watchdogInterval == nil
                    ? "it does not move any more" : "it does not move any more: the unit will be started anew",
            ]))
        }
        for part in before where !overdue.contains(where: { $0.part == part }) {
            logs[index].emit(Event(.partMoves, .notice, ["part": part.rawValue]))
        }
    }
}
