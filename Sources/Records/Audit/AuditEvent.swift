/// One row of a stage's audit log: what happened, when, by whom, to what, and why.
///
/// It holds identifiers, digests, and words of this program: no field takes a value of a data set other than a UID.
/// It can be written and not read back: whoever reads the log reads JSON (see ``canonicalJSON``).
public struct AuditEvent: Hashable, Sendable {
    public var kind: Kind
    public var time: RecordedTime
    public var actor: AuditActor
    public var subject: AuditSubject
    /// The network, where one had a part in it.
    public var model: AuditModel?
    public var reason: AuditReason?

    /// - Parameters:
    ///   - time: when it happened, by the box's clock.
    ///   - actor: on whose behalf.
    public init(
        _ kind: Kind, at time: RecordedTime, by actor: AuditActor = .appliance, of subject: AuditSubject = .init(),
        model: AuditModel? = nil, reason: AuditReason? = nil
    ) {
        self.kind = kind
        self.time = time
        self.actor = actor
        self.subject = subject
        self.model = model
        self.reason = reason
    }

    /// Everything that is audited. Names stand in logs for years: none is renamed or given another meaning.
    public enum Kind: String, Sendable, CaseIterable {
        // The log itself.

        /// The log's first row.
        case auditStarted
        /// The oldest rows were exported and removed; `anchor` is the last of them.
        case auditSegmentRemoved
        /// The stage's database was broken, and this log begins anew; `file` is the database with the log so far.
        case databaseSetAside

        // The stage and its settings.

        /// A start without a stop before it follows a power cut or a failure.
        case stageStarted, stageStopped
        /// `sha256` is the configuration file's.
        case configurationLoaded
        /// Another configuration is in force; `sha256` is its file's, `reason` says where it came from.
        case configurationApplied
        /// `file` is the model's; what is known of a refused one stands in the fields of the model.
        case modelLoaded, modelRefused
        /// The wall clock jumped; `clockBefore` is what it would have shown.
        case clockSet
        /// The account let the clock be trusted from the program's own date on.
        case clockFloorReset

        // Receiving.

        /// An object is kept, and its sender was told so. `reason` holds its flags.
        case instanceReceived
        /// An object was found whole after a power cut; its sender may not have been told.
        case instanceAdopted
        /// The same bytes came again; nothing was kept.
        case duplicateReceived
        case studyCompleted
        /// A peer was told that this box answers for the object (storage commitment, PS3.4 annex J).
        case commitmentGiven
        /// A peer was told that this box does not answer for the object; the code is the Failure Reason (0008,1197).
        case commitmentRefused
        /// The index of kept objects was made anew from their files.
        case indexRebuilt
        /// A kept object's file is gone. Told once of each object, by whoever finds it first.
        case objectMissing
        /// A kept object's file is not what was written. Told once of each object.
        case objectDamaged

        // Analysis.

        case imageAnalysed, imageNotAnalysed
        case resultWritten

        // Delivery.

        case objectDelivered
        /// The destination answered for the object (storage commitment, PS3.4 annex J).
        case objectCommitted
        /// The destination will never take the object as it is.
        case objectRefused
        /// The object was not delivered in its time, and is tried no more.
        case objectExpired

        // The end of an object here.

        /// Nothing needs the object here any more: it may be deleted.
        case objectReleased
        case objectDeleted

        // What people did, through the box's commands.

        case queueRetried, queueHeld, queueReleased, queueDropped
        /// Somebody held the button: the box is to be provisioned anew. `file` is what the configuration is called now,
        /// `sha256` is the file's.
        case configurationSetAside
        /// An object left the box by hand.
        case objectExported
    }
}
