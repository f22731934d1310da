/// Drives the lamps, and asks the button, eight times a second.
struct LampDriver: Sendable {
    let monitor: BoardMonitor
    let places: BoardPlaces
    let progress: ProgressWatch
    let events: EventLog

    /// Runs until the task is cancelled, and leaves the lamps dark: one that stays lit would say that all is well.
    func run() async {
        // A driver of the kernel that does not return holds up the lamps, and is found by it.
        let work = progress.begin(.lamps)
        defer { work.end() }
        var board = monitor.board
        var panel = BoardPanel(board, places: places)
        while !Task.isCancelled {
            work.beat()
            if monitor.board != board {
                board = monitor.board
                // Gives the lines back before others are asked for.
                panel = BoardPanel(nil, places: places)
                panel = BoardPanel(board, places: places)
            }
            let now = monitor.clock.now()
            drive(&panel, at: now)
            work.beat()
            let next = LampPattern.step * Int(LampPattern.stepNumber(at: now) + 1)
            do { try await Task.sleep(for: next - now) } catch { break }
        }
        panel.show([:], at: monitor.clock.now())
    }

    private func drive(_ panel: inout BoardPanel, at now: Duration) {
        for wish in panel.wishes(at: now) {
            switch wish {
            case .identify:
                monitor.identify()
                events.emit(Event(.boxIdentified, .notice, ["by": "button"]))
            case .reset: monitor.requestReset()
            }
        }
        let display = monitor.display(button: panel.buttonPhase(at: now), lost: panel.lost, at: now)
        panel.show(display.lit(on: panel.lamps, at: now), at: now)
        for report in panel.takeReports() {
            switch report.change {
            case .lost(let error):
                events.emit(Event(.lampLost, .warning, ["part": report.part, "reason": "\(error)"]))
            case .recovered: events.emit(Event(.lampRecovered, .notice, ["part": report.part]))
            }
        }
    }
}
