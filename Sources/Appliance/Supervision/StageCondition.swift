import Records

/// What a stage says of itself when it is asked over its control socket: its share of what lamps, `outpost status` and
/// systemd show.
public struct StageCondition: Sendable, Codable, Equatable {
    /// What a stage does right now.
    public enum Activity: String, Sendable, Codable, CaseIterable {
        case receiving, analysing, delivering
    }

    /// What a person should know of, though the stage goes on.
    public enum Trouble: Sendable, Codable, Equatable {
        /// Less than what the configuration calls low is free.
        case diskNearlyFull(freePercent: Int)
        /// Modalities are told to come back later.
        case diskFull
        /// Nothing arrived there for `seconds`, though `waiting` objects want to. A hub is one that is spoken to over
        /// DICOMweb; all others are archives.
        case destinationUnreachable(name: String, isHub: Bool, seconds: Int, waiting: Int)
        case objectsRefused(destination: String, count: Int)
        /// A configured network is not run; the stage's log has the reason.
        case modelRefused(file: String)
        /// A part of the stage has not moved for longer than it may.
        case partOverdue(StagePart, seconds: Int)
        /// It is not certain that the clock is right.
        case clockUntrusted
    }

    public var stage: Stage
    /// None means idle.
    public var activities: Set<Activity>
    public var troubles: [Trouble]
    /// One sentence for a person; systemd shows the same.
    public var summary: String

    public init(stage: Stage, activities: Set<Activity> = [], troubles: [Trouble] = [], summary: String) {
        (self.stage, self.activities, self.troubles, self.summary) = (stage, activities, troubles, summary)
    }
}
