import Records
import Spool
import Synchronization

/// What intake says of itself: who sends, and whether there is room.
final class IntakeCondition: Sendable {
    /// How long too little must be free before it is told: until then room is about to be made (`RetentionService`).
    static let lowDiskPatience = Duration.seconds(30)

    private struct State {
        var tally = ReceptionTally()
        var freePercent: Double?
        /// Since when less is free than starts the making of room.
        var lowSince: Duration?
    }

    private let releaseBelowPercent: Double
    private let aeTitle: String
    private let gate: AdmissionGate
    private let time: KeptClock
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter releaseBelowPercent: with less free than that room is made.
    init(aeTitle: String, releaseBelowPercent: Int, gate: AdmissionGate, time: KeptClock) {
        self.aeTitle = aeTitle
        self.releaseBelowPercent = Double(releaseBelowPercent)
        (self.gate, self.time) = (gate, time)
    }

    private var now: Duration { start.duration(to: .now) }

    func receptionBegan(from title: String) { state.withLock { $0.tally.begin(from: title, at: now) } }

    func receptionEnded(from title: String, isKept: Bool) {
        state.withLock { $0.tally.end(from: title, isKept: isKept, at: now) }
    }

    /// What the last look at the disk found.
    func saw(_ space: DiskSpace) {
        state.withLock { state in
            state.freePercent = space.freePercent
            state.lowSince = space.freePercent < releaseBelowPercent ? state.lowSince ?? now : nil
        }
    }

    var condition: StageCondition {
        let now = now
        let state = state.withLock { $0 }
        let senders = state.tally.sending(at: now)
        var troubles: [StageCondition.Trouble] = []
        if gate.isClosed {
            troubles.append(.diskFull)
        } else if let free = state.freePercent, let since = state.lowSince, now - since > Self.lowDiskPatience {
            troubles.append(.diskNearlyFull(freePercent: Int(free)))
        }
        if !time.now().isTrusted { troubles.append(.clockUntrusted) }
        return StageCondition(
            stage: .intake, activities: senders.isEmpty ? [] : [.receiving], troubles: troubles,
            summary: Self.summary(senders, troubles) ?? "Ready to receive as \(aeTitle)")
    }

    private static func summary(
        _ senders: [(title: String, images: Int)], _ troubles: [StageCondition.Trouble]
    ) -> String? {
        if troubles.contains(.diskFull) { return "Disk full: modalities are told to come back later" }
        guard let first = senders.first else { return nil }
        let others = senders.count > 1 ? ", and from \(senders.count - 1) more" : ""
        return "Receiving from \(first.title): \(counted(first.images, "image")) so far\(others)"
    }
}

/// `1 image`, `2 images`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
