import Records

/// What came of asking one stage how it is.
enum StageProbe: Sendable, Equatable {
    /// No process holds the stage's folder.
    case notRunning
    /// A process holds it, and nobody listens on its control socket (yet).
    case unreachable
    /// Somebody listens and says nothing.
    case silent
    /// It answered; nil where it cannot say more.
    case answered(StageCondition?)
}

/// What is the matter with a stage.
enum StageFault: Sendable, Equatable, CustomStringConvertible {
    case dead
    case neverListened
    case hangs
    case standsStill(StagePart, seconds: Int)

    /// Whether it is worth another line in the log.
    fileprivate func isOtherKind(than other: StageFault?) -> Bool {
        switch (self, other) {
        case (.standsStill(let part, _), .standsStill(let otherPart, _)): part != otherPart
        default: self != other
        }
    }

    var description: String {
        switch self {
        case .dead: "no process runs as this stage"
        case .neverListened:
            "it runs, but has not listened on its control socket for \(Int(StageHistory.startPatience.seconds)) seconds"
        case .hangs: "it has not answered for \(Int(StageWatch.patience.seconds)) seconds"
        case .standsStill(let part, let seconds): "its part \(part.rawValue) has not moved for \(seconds) seconds"
        }
    }
}

/// What is known of one stage. A pure value: probes in, the stage's health out.
struct StageHistory: Sendable {
    /// After its start the board waits so long for a stage to appear, and for one that runs to listen: reading the
    /// index of a large spool anew takes a minute.
    static let startPatience = Duration.seconds(120)
    /// For so long a fault is shown at least. A stage that crashes again and again runs for moments in between, and
    /// nobody looks at the box all the time.
    static let faultHold = Duration.seconds(10)

    private let watchedSince: Duration
    private var wasSeen = false
    private var runsUnheardSince: Duration?
    private var lastFaultAt: Duration?
    /// Whether a fault was told of that is not over.
    private var isFaulty = false
    /// What the last probe says.
    private(set) var fault: StageFault?
    /// Of the last answer, where it is the last probe's.
    private(set) var condition: StageCondition?
    private(set) var isStarting = true

    init(at now: Duration) { watchedSince = now }

    /// - Returns: whether a fault began or ended with it.
    mutating func note(_ probe: StageProbe, at now: Duration) -> Change? {
        let before = fault
        condition = nil
        if probe != .unreachable { runsUnheardSince = nil }
        switch probe {
        case .notRunning:
            let mayStillCome = !wasSeen && now - watchedSince < Self.startPatience
            fault = mayStillCome ? nil : .dead
        case .unreachable:
            let since = runsUnheardSince ?? now
            runsUnheardSince = since
            fault = now - since < Self.startPatience ? nil : .neverListened
        case .silent: fault = .hangs
        case .answered(let answer):
            wasSeen = true
            condition = answer
            fault = answer?.troubles.lazy.compactMap { trouble -> StageFault? in
                guard case .partOverdue(let part, let seconds) = trouble else { return nil }
                return .standsStill(part, seconds: seconds)
            }.first
        }
        if case .answered = probe { isStarting = false } else { isStarting = fault == nil }
        if let fault {
            lastFaultAt = now
            if !isFaulty || fault.isOtherKind(than: before) {
                isFaulty = true
                return .began(fault)
            }
        } else if isFaulty, !isStarting {
            isFaulty = false
            return .ended
        }
        return nil
    }

    enum Change: Sendable, Equatable {
        case began(StageFault)
        case ended
    }

    func showsFault(at now: Duration) -> Bool {
        guard let lastFaultAt else { return false }
        return fault != nil || now - lastFaultAt < Self.faultHold
    }
}
