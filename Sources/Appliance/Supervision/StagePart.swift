/// A part of a stage that can come to a standstill by itself and is watched for it.
public enum StagePart: String, Sendable, Codable, CaseIterable {
    /// The threads on which connections are taken and requests answered.
    case eventLoops
    /// Writing and syncing of objects and databases.
    case spool
    /// Intake: the search for studies that are complete. Analysis: reading on in these.
    case studies
    /// Analysis: an image's way through a network.
    case inference
    /// Courier: queueing and sending.
    case queues
    /// Every stage: what is done about once a second for clock, disk and database.
    case upkeep
    /// Board: the lamps.
    case lamps

    /// How long it may go without progress, in intervals of the watchdog (`WatchdogSec=` of the units: a minute).
    ///
    /// What waits for another part may take longer than that one, so that the one to blame is found first.
    var patience: Int {
        switch self {
        // A flash card that is worn out takes seconds for a sync, and is still of use.
        case .spool, .lamps: 1
        // A step of a network takes less than seconds, also where nearly all of the processor is somebody else's.
        case .inference: 2
        // These wait for the disk: association threads (`AssociationThread`), completions, the audit log.
        case .eventLoops, .studies, .upkeep: 3
        // Peers have time-outs of minutes (`AssociationTimeouts`, `STOWLimits`), and those come first.
        case .queues: 10
        }
    }

    /// In the middle of a sentence.
    var words: String {
        switch self {
        case .eventLoops: "the connections' threads"
        case .spool: "the disk"
        case .studies: "the work on studies"
        case .inference: "the analysis of an image"
        case .queues: "the delivery"
        case .upkeep: "the upkeep"
        case .lamps: "the lamps"
        }
    }
}
