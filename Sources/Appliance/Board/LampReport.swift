import Records

/// What the board says of its lamps when it is asked.
public struct LampReport: Sendable, Codable, Equatable {
    public struct Reading: Sendable, Codable, Equatable {
        public var lamp: Lamp
        public var pattern: LampPattern
        /// Whether it cannot be lit now: its chip or LED is gone, or somebody else has it.
        public var isLost: Bool

        public init(lamp: Lamp, pattern: LampPattern, isLost: Bool) {
            (self.lamp, self.pattern, self.isLost) = (lamp, pattern, isLost)
        }
    }

    /// The name of the board's file, and what it calls the board; nil where no file describes it.
    public var board: String?
    public var title: String?
    /// In the order of ``Lamp``; empty on a board without lamps.
    public var lamps: [Reading]
    /// Those that hold, the most important first.
    public var states: [BoardState]
    /// One that somebody wanted to see, which comes before all others, and for how much longer.
    public var shown: BoardState?
    public var shownSeconds: Int
    public var isIdentifying: Bool
    /// One sentence each.
    public var reasons: [String]

    public init(
        board: String?, title: String?, lamps: [Reading], states: [BoardState], shown: BoardState?, shownSeconds: Int,
        isIdentifying: Bool, reasons: [String]
    ) {
        (self.board, self.title, self.lamps, self.states) = (board, title, lamps, states)
        (self.shown, self.shownSeconds) = (shown, shownSeconds)
        (self.isIdentifying, self.reasons) = (isIdentifying, reasons)
    }
}
