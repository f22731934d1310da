/// What all lamps show at an instant: states, and what somebody asked for by button or command. A pure value.
struct LampDisplay: Sendable, Equatable {
    /// How long the lamps tell which box it is.
    static let identifySeconds = 30

    var states: Set<BoardState> = [.booting]
    /// A state that somebody wants to see, and until when.
    var shown: (state: BoardState, until: Duration)?
    var identifyUntil: Duration = .zero
    var button: ButtonWatch.Phase = .idle

    static func == (one: LampDisplay, other: LampDisplay) -> Bool {
        one.states == other.states && one.shown?.state == other.shown?.state && one.shown?.until == other.shown?.until
            && one.identifyUntil == other.identifyUntil && one.button == other.button
    }

    /// The state that somebody wants to see, while they do.
    func shownState(at now: Duration) -> BoardState? {
        guard let shown, now < shown.until else { return nil }
        return shown.state
    }

    func isIdentifying(at now: Duration) -> Bool { now < identifyUntil }

    /// What each of `lamps` shows.
    func patterns(on lamps: Set<Lamp>, at now: Duration) -> [Lamp: LampPattern] {
        let all = { (pattern: LampPattern) in
            Dictionary(uniqueKeysWithValues: lamps.map { ($0, pattern) })
        }
        switch button {
        case .counting: return all(.secondsCount)
        case .willReset: return all(.on)
        case .idle, .stuck: break
        }
        if isIdentifying(at: now) { return all(.longAndShort) }
        return LampTable.patterns(for: states, first: shownState(at: now), on: lamps)
    }

    /// Whether each of `lamps` is lit.
    func lit(on lamps: Set<Lamp>, at now: Duration) -> [Lamp: Bool] {
        // Counted seconds begin with the press; all else runs on from the clock's beginning.
        let elapsed: Duration = if case .counting(let since) = button { now - since } else { now }
        return patterns(on: lamps, at: now).mapValues { $0.isLit(after: elapsed) }
    }
}
