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
        case .change, .holdQueue, .releaseQueue, .pauses, .condition, .audit: return notOffered
        }
    }
}

extension LampReport {
    /// One sentence for a person.
    var summary: String {
        let states = states.map(\.rawValue).joined(separator: ", ")
        guard board != nil else { return "No lamps on this board; they would show: \(states)" }
        let lost = lamps.filter(\.isLost).map(\.lamp.rawValue)
        return "Lamps show: \(states)" + (lost.isEmpty ? "" : "; cannot be lit: \(lost.joined(separator: ", "))")
    }
}
