/// A part of a stage that can come to a standstill by itself and is watched for it.
public enum StagePart: String, Sendable, Codable, CaseIterable {
    /// The threads on which connections are taken and requests answered.
    case eventLoops
    /// Writing and syncing of objects and databases.
    case spool
    /// Intake: the search for studies that are complete.
    case studies
    /// Analysis: the run of a network.
    case inference
    /// Courier: queueing and sending.
    case queues
    /// Board: the lamps.
    case lamps
}
