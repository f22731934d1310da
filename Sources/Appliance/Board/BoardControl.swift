import Records

/// What the board does for those who ask it over its control socket.
struct BoardControl: StageControl {
    let monitor: BoardMonitor
    let events: EventLog

    func answer(
        _ request: ControlRequest, of account: Account, progress: (Int) async -> Bool
    ) async -> ControlAnswer {
        switch request {
        case .lamps: return .lamps(monitor.report())
        case .condition:
            return .condition(StageCondition(stage: .board, summary: summary(monitor.report())))
        case .showState(let state, let seconds):
            monitor.show(state, seconds: seconds)
            events.emit(Event(.stateShown, .notice, [
                "account": account.words, "state": state.rawValue, "seconds": seconds,
            ]))
            return .lamps(monitor.report())
        case .identify:
            monitor.identify()
            events.emit(Event(.boxIdentified, .notice, ["account": account.words]))
            return .lamps(monitor.report())
        case .change, .holdQueue, .releaseQueue, .pauses, .audit: return notOffered
        }
    }

    private func summary(_ report: LampReport) -> String {
        let states = report.states.map(\.rawValue).joined(separator: ", ")
        guard report.board != nil else { return "No lamps on this board; they would show: \(states)" }
        let lost = report.lamps.filter(\.isLost).map(\.lamp.rawValue)
        return "Lamps show: \(states)" + (lost.isEmpty ? "" : "; cannot be lit: \(lost.joined(separator: ", "))")
    }
}
