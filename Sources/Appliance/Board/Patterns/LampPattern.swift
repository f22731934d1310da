/// How a lamp is lit over time. All of them differ in rhythm, so that they are told apart without colours.
///
/// A pattern is two seconds long and repeats; its sixteen steps of 125 ms are its ``drawing``, which is what runs on
/// the lamp and what stands in the clinic's table. The blinking ones keep to the rates that IEC 60601-1-8 (table 2)
/// gives for lights that are to be told apart at four metres: 1.4 to 2.8 Hz for what is urgent, 0.4 to 0.8 Hz for what
/// is less so, steady for the rest. None flashes more than three times in a second (WCAG 2.2, 2.3.1).
public enum LampPattern: String, Sendable, Codable, CaseIterable {
    case off
    case on
    /// On, with a short gap.
    case wink
    /// 0.5 Hz.
    case slowBlink
    /// 2 Hz.
    case fastBlink
    case doubleFlash
    case tripleFlash
    /// A long and a short one in turn.
    case longAndShort
    /// A short flash each second.
    case secondsCount

    /// How long each step lasts.
    public static let step = Duration.milliseconds(125)
    public static let steps = 16

    /// `●` for a step in which the lamp is lit, `○` for one in which it is dark.
    public var drawing: String {
        switch self {
        case .off: "○○○○○○○○○○○○○○○○"
        case .on: "●●●●●●●●●●●●●●●●"
        case .wink: "●●●●●●●●●●●●●●○○"
        case .slowBlink: "●●●●●●●●○○○○○○○○"
        case .fastBlink: "●●○○●●○○●●○○●●○○"
        case .doubleFlash: "●●○●●○○○○○○○○○○○"
        case .tripleFlash: "●●○●●○●●○○○○○○○○"
        case .longAndShort: "●●●●○●○○●●●●○●○○"
        case .secondsCount: "●○○○○○○○●○○○○○○○"
        }
    }

    /// Whether the lamp is lit, so long after the pattern began; before its beginning it is dark.
    public func isLit(after elapsed: Duration) -> Bool {
        guard elapsed >= .zero else { return false }
        let step = Self.stepNumber(at: elapsed) % Int64(Self.steps)
        return Array(drawing.unicodeScalars)[Int(step)] == "●"
    }

    /// How many steps have begun before the one that holds `elapsed`.
    static func stepNumber(at elapsed: Duration) -> Int64 {
        let (seconds, attoseconds) = elapsed.components
        // Steps are an eighth of a second.
        return seconds * 8 + attoseconds / (1_000_000_000_000_000_000 / 8)
    }
}
