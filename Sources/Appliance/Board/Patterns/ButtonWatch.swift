/// What the button was, at an instant of the board's clock.
struct ButtonSample: Sendable, Equatable {
    var isPressed: Bool
    var instant: Duration
}

/// What somebody wants who pressed the button.
enum ButtonWish: Sendable, Equatable {
    /// Let me see which box this is.
    case identify
    /// Back to provisioning.
    case reset
}

/// Makes wishes of the button's levels. A pure value: samples in, wishes out.
///
/// Nothing happens while the button is down. What was meant is known when it is let go, so that one who changes their
/// mind can let go early, and a button that is stuck, or a line that is shorted, never resets anything.
struct ButtonWatch: Sendable {
    /// Contacts bounce for less; no finger is as fast.
    static let debounce = Duration.milliseconds(30)
    /// A longer press is meant to be something else than identifying.
    static let shortest = Duration.seconds(2)
    static let resetAfter = Duration.seconds(10)
    /// Nobody holds a button so long: it is stuck.
    static let stuckAfter = Duration.seconds(30)

    /// What the lamps show of a press.
    enum Phase: Sendable, Equatable {
        case idle
        /// Down since then, not for long enough yet.
        case counting(since: Duration)
        /// Letting go now resets.
        case willReset
        /// Down for so long that it means nothing any more.
        case stuck
    }

    /// The level as it is, and since when; nil until it was looked at.
    private var raw: ButtonSample?
    /// Since when it is down, without bounces.
    private var pressedSince: Duration?
    /// Whether it was seen up. One that is down when watching begins is stuck or held by accident.
    private var wasUp = false

    /// Takes the samples since the last call, oldest first.
    ///
    /// - Parameter now: not before any of them.
    mutating func take(_ samples: [ButtonSample], now: Duration) -> [ButtonWish] {
        var wishes: [ButtonWish] = []
        for sample in samples {
            if let wish = settle(at: sample.instant) { wishes.append(wish) }
            if sample.isPressed != raw?.isPressed { raw = sample }
        }
        if let wish = settle(at: now) { wishes.append(wish) }
        return wishes
    }

    func phase(at now: Duration) -> Phase {
        guard let pressedSince else { return .idle }
        let held = now - pressedSince
        if held >= Self.stuckAfter { return .stuck }
        if held >= Self.resetAfter { return .willReset }
        return held >= Self.shortest ? .counting(since: pressedSince) : .idle
    }

    /// Takes the level for what it is once it has held for long enough.
    private mutating func settle(at now: Duration) -> ButtonWish? {
        guard let raw, now - raw.instant >= Self.debounce else { return nil }
        guard !raw.isPressed else {
            if wasUp, pressedSince == nil { pressedSince = raw.instant }
            return nil
        }
        wasUp = true
        guard let since = pressedSince else { return nil }
        pressedSince = nil
        let held = raw.instant - since
        if held < Self.shortest { return .identify }
        return held >= Self.resetAfter && held < Self.stuckAfter ? .reset : nil
    }
}
