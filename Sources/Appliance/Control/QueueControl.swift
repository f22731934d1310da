import Records
import Spool

/// Does what a request asks of the queues, step by step.
struct QueueControl: StageControl {
    let spool: CourierSpool
    let events: EventLog
    let time: KeptClock
    let queues: [SharedDestinationQueue]

    func answer(
        _ request: ControlRequest, of account: Account, progress: (Int) async -> Bool
    ) async -> ControlAnswer {
        do throws(SpoolError) {
            switch request {
            case .change(let change, let parcels):
                return try await self.change(change, parcels, account, progress)
            case .holdQueue(let destination):
                return try setHeld(true, destination, account)
            case .releaseQueue(let destination):
                return try setHeld(false, destination, account)
            case .pauses:
                let pauses = queues.compactMap { queue in queue.pause().map { (queue.name, $0.seconds) } }
                return .pauses(seconds: Dictionary(pauses) { first, _ in first })
            case .audit, .condition, .showState, .identify, .lamps:
                return notOffered
            }
        } catch {
            return .failed(reason: "\(error)", changed: 0)
        }
    }

    private func setHeld(
        _ isHeld: Bool, _ destination: String, _ account: Account
    ) throws(SpoolError) -> ControlAnswer {
        // Also one that the configuration no longer names, as long as it has parcels.
        let known = try queues.map(\.name) + spool.queues().map(\.destination)
        guard known.contains(destination) else {
            return .failed(
                reason: "there is no such destination; `outpost queue list` shows those that there are", changed: 0)
        }
        try spool.setHeld(isHeld, destination: destination, act(of: account))
        report(isHeld ? .hold : .release, account, ["destination": destination])
        return .done(changed: 0, first: [])
    }

    private func change(
        _ change: ParcelChange, _ parcels: ParcelSelection, _ account: Account, _ progress: (Int) async -> Bool
    ) async throws(SpoolError) -> ControlAnswer {
        var changed = 0
        var first: [Parcel.ID] = []
        defer { if changed > 0 { report(change, account, ["parcels": changed]) } }
        var sweep = try ParcelSweep(change, parcels, in: spool)
        var told = ContinuousClock.now
        while true {
            let start = ContinuousClock.now
            do throws(SpoolError) {
                guard let step = try sweep.step(act(of: account)) else { break }
                changed += step.count
                first += step.prefix(ControlLimits.named - first.count).map(\.id)
            } catch {
                return .failed(reason: "\(error)", changed: changed)
            }
            if start - told >= ControlLimits.progressInterval {
                told = start
                guard await progress(changed) else {
                    return .failed(reason: "nobody waits for the answer any longer", changed: changed)
                }
            }
            // The courier's own writes have every other moment: SQLite does not let writers queue.
            do { try await Task.sleep(for: ContinuousClock.now - start) } catch {
                return .failed(reason: "the courier is being stopped; ask again when it runs", changed: changed)
            }
        }
        // Who retries has mended something; nobody should wait for a pause from before that.
        if change == .retry {
            for queue in queues where parcels.destination ?? queue.name == queue.name { queue.endPause() }
        }
        return .done(changed: changed, first: first)
    }

    private func act(of account: Account) -> OperatorAct { OperatorAct(by: account.auditActor, at: time.now()) }

    private func report(
        _ change: ParcelChange, _ account: Account, _ details: KeyValuePairs<String, any CustomStringConvertible>
    ) {
        var event = Event(.queueChanged, .notice, details)
        event.details.insert(contentsOf: [("account", account.words), ("act", change.rawValue)], at: 0)
        events.emit(event)
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
