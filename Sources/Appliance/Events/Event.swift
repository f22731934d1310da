import DICOM
import Logging
import Records

/// Something that happened to an object, a study or a peer. Log lines and counters derive from it, and from nothing
/// else.
///
/// Carries UIDs, titles and addresses, and never what an image says of its patient.
struct Event: Sendable {
    /// Names the event in logs and in the counters of `outpost status`.
    enum Kind: String, Sendable, CaseIterable {
        case started, stopped
        case recovered, objectMissing, fileDamaged, databaseSetAside
        case associationAccepted, associationRejected, associationAborted
        case instanceReceived, instanceDuplicate, instanceFlagged, instanceQuarantined, instanceUnreadable
        case instanceRefused, instanceIncomplete
        case commitmentRequested, commitmentReported, commitmentUnreported, commitmentNotOffered
        case certificateRefused
        case studyComplete
        case modelLoaded, modelRefused
        case imageAnalysed, imageNotAnalysed
        case objectDelivered, deliveryRetried, objectRefused, objectExpired
        case queueChanged, controlUnavailable
        case clockSet
        case objectsReleased, diskFull, diskRecovered
        case stageUnavailable, stageFailed
        case partOverdue, partMoves
        case portNotTaken
        case boardFound, boardUnknown, lampLost, lampRecovered
        case stateShown, boxIdentified
        case configurationUnusable, configurationSetAside
    }

    var kind: Kind
    var level: Logger.Level
    var details: [(name: String, value: String)]

    init(
        _ kind: Kind, _ level: Logger.Level = .info, _ details: KeyValuePairs<String, any CustomStringConvertible> = [:]
    ) {
        self.kind = kind
        self.level = level
        self.details = details.map { (name: $0.key, value: $0.value.description) }
    }

    /// Events that instances, outcomes and parcels already count in their own transactions are not counted again.
    var counter: String? {
        switch kind {
        case .associationAccepted, .associationRejected, .associationAborted, .instanceDuplicate, .instanceFlagged,
            .instanceQuarantined, .instanceRefused, .instanceIncomplete, .commitmentRequested, .commitmentReported,
            .objectMissing, .fileDamaged, .databaseSetAside, .deliveryRetried:
            kind.rawValue
        default: nil
        }
    }
}
