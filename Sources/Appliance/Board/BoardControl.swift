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
        case .change, .holdQueue, .releaseQueue, .pauses, .audit, .condition: return notOffered
        }
    }
}
