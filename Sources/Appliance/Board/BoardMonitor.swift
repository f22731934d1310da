import Foundation
import Records
import Synchronization

/// The board's clock: the kernel's monotonic one, in which it also dates the changes of a line.
struct BoardClock: Sendable {
    var now: @Sendable () -> Duration

    static let system = BoardClock {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

/// What the board's tasks share: those that ask the stages write into it, the one that drives the lamps reads it.
final class BoardMonitor: Sendable {
    private struct State {
        /// Until the configuration was looked for, the box is starting, and not without one.
        var situation = BoardSituation(provisioning: .usable)
        var display = LampDisplay()
        var board: BoardDescription?
        var lost: Set<Lamp> = []
        var wantsReset = false
    }

    let clock: BoardClock
    private let state = Mutex(State())

    init(clock: BoardClock) { self.clock = clock }

    /// Forgets what was known of the stages, for the settings are other ones.
    func begin(_ provisioning: BoardSituation.Provisioning, watching stages: [Stage], board: BoardDescription?) {
        let now = clock.now()
        state.withLock { state in
            state.situation.provisioning = provisioning
            state.situation.stages = Dictionary(uniqueKeysWithValues: stages.map { ($0, StageHistory(at: now)) })
            state.board = board
        }
    }

    func note(_ probe: StageProbe, of stage: Stage) -> StageHistory.Change? {
        let now = clock.now()
        return state.withLock { $0.situation.stages[stage]?.note(probe, at: now) }
    }

    /// Has `shown` come before all other states for a while.
    func show(_ shown: BoardState, seconds: Int) {
        let until = clock.now() + .seconds(seconds)
        state.withLock { $0.display.shown = (shown, until) }
    }

    func identify() {
        let until = clock.now() + .seconds(LampDisplay.identifySeconds)
        state.withLock { $0.display.identifyUntil = until }
    }

    /// Has the configuration set aside at the next opportunity.
    func requestReset() { state.withLock { $0.wantsReset = true } }

    /// Whether that was wanted since the last call.
    func takeResetRequest() -> Bool {
        state.withLock { state in
            defer { state.wantsReset = false }
            return state.wantsReset
        }
    }

    var board: BoardDescription? { state.withLock { $0.board } }

    /// What the lamps are to show now.
    ///
    /// - Parameters:
    ///   - button: what the button is doing.
    ///   - lost: lamps that cannot be lit.
    func display(button: ButtonWatch.Phase, lost: Set<Lamp>, at now: Duration) -> LampDisplay {
        state.withLock { state in
            state.display.states = state.situation.states(at: now)
            state.display.button = button
            state.lost = lost
            return state.display
        }
    }

    func report() -> LampReport {
        let now = clock.now()
        return state.withLock { state in
            state.display.states = state.situation.states(at: now)
            let display = state.display
            let patterns = display.patterns(on: Set(state.board?.lamps.keys.map { $0 } ?? []), at: now)
            let shown = display.shownState(at: now)
            return LampReport(
                board: state.board?.name, title: state.board?.title,
                lamps: Lamp.allCases.compactMap { lamp in
                    patterns[lamp].map { .init(lamp: lamp, pattern: $0, isLost: state.lost.contains(lamp)) }
                },
                states: BoardState.allCases.filter(display.states.contains),
                shown: shown,
                shownSeconds: shown == nil ? 0 : Int(((display.shown?.until ?? now) - now).seconds.rounded(.up)),
                isIdentifying: display.isIdentifying(at: now), reasons: state.situation.reasons())
        }
    }

    /// What the board says of itself.
    func condition() -> StageCondition {
        let report = report()
        let states = report.states.map(\.rawValue).joined(separator: ", ")
        var summary = report.board == nil ? "No lamps on this board; they would show: " : "Lamps show: "
        summary += states
        let lost = report.lamps.filter(\.isLost).map(\.lamp.rawValue)
        if !lost.isEmpty { summary += "; cannot be lit: \(lost.joined(separator: ", "))" }
        return StageCondition(stage: .board, summary: summary)
    }
}
