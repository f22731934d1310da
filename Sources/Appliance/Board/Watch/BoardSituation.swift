import Records

/// Everything that the lamps' states derive from. A pure value.
struct BoardSituation: Sendable {
    /// Whether this box has a configuration.
    enum Provisioning: Sendable, Equatable {
        case none
        /// There is one, and it cannot be used.
        case unusable
        case usable
    }

    var provisioning = Provisioning.none
    /// Of the stages that are watched.
    var stages: [Stage: StageHistory] = [:]

    /// Those that the lamps show, unless somebody wants to see another.
    func states(at now: Duration) -> Set<BoardState> {
        switch provisioning {
        // No stage is to run.
        case .none: return [.notProvisioned]
        case .unusable: return [.fault]
        case .usable: break
        }
        var states: Set<BoardState> = []
        for history in stages.values {
            if history.showsFault(at: now) { states.insert(.fault) }
            if history.isStarting { states.insert(.booting) }
            for activity in history.condition?.activities ?? [] { states.formUnion(Self.states(activity)) }
            for trouble in history.condition?.troubles ?? [] { states.formUnion(Self.states(trouble)) }
        }
        if stages.isEmpty { states.insert(.booting) }
        if states.isDisjoint(with: [.fault, .booting]) { states.insert(.ready) }
        return states
    }

    /// What is the matter, one sentence each, for a person who asks.
    func reasons() -> [String] {
        var reasons: [String] = []
        switch provisioning {
        case .none: reasons.append("there is no configuration yet")
        case .unusable: reasons.append("the configuration cannot be used; `outpost check-config` says why")
        case .usable: break
        }
        for (stage, history) in stages.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if let fault = history.fault {
                reasons.append("\(stage.rawValue): \(fault)")
            } else if history.isStarting {
                reasons.append("\(stage.rawValue): it is starting")
            }
            if let summary = history.condition?.summary { reasons.append("\(stage.rawValue): \(summary)") }
        }
        return reasons
    }

    private static func states(_ activity: StageCondition.Activity) -> Set<BoardState> {
        switch activity {
        case .receiving: [.receiving]
        case .analysing: [.analysing]
        // The table has no rhythm for it: what is delivered arrives, and what is not shows as trouble.
        case .delivering: []
        }
    }

    private static func states(_ trouble: StageCondition.Trouble) -> Set<BoardState> {
        switch trouble {
        case .diskNearlyFull: [.diskNearlyFull]
        // Modalities are turned away: this is not what the box is for.
        case .diskFull: [.diskNearlyFull, .fault]
        case .destinationUnreachable(_, let isHub, _, _): [isHub ? .waitingForHub : .pacsUnreachable]
        case .objectsRefused, .modelRefused: [.needsAttention]
        // `StageHistory` makes a fault of it.
        case .partOverdue: []
        // It passes by itself once the time server answers, and times are marked until then.
        case .clockUntrusted: []
        }
    }
}
