import DICOM

/// One object on its way to one destination.
public struct Parcel: Sendable, Codable, Equatable, Identifiable {
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Not yet tried.
        case queued
        /// In flight when last written; after a restart it may be sent a second time.
        case sending
        /// Failed for a reason that may pass; tried again after a while, for as long as it takes.
        case waiting
        /// The destination said that it has the object. The end, unless it is asked for storage commitment.
        case delivered
        /// The destination has taken responsibility for the object by storage commitment (PS3.4 annex J).
        case committed
        /// The destination will never take it as it is. Kept, shown, and in nobody's way.
        case refused
        /// Kept back by a person until a person lets it go.
        case held
        /// Kept back by the appliance because the object is in quarantine (``InstanceFlag/isQuarantined``), until a
        /// person who has looked at it lets it go or gives it up.
        case quarantined
        /// Given up because the configuration of its destination says for how long it is worth sending.
        case expired
        /// Given up by a person.
        case dropped

        /// Whether the object is still to be handed over.
        public var isPending: Bool {
            switch self {
            case .queued, .sending, .waiting, .held: true
            case .delivered, .committed, .refused, .quarantined, .expired, .dropped: false
            }
        }
    }

    /// What goes first, in the order of its cases.
    public enum Priority: Int, Sendable, Codable, CaseIterable, Comparable {
        /// A result that a person should see at once.
        case criticalResult
        case result
        /// An earlier image that somebody asked for.
        case requestedPrior
        case image

        public static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }

    /// Grows with every parcel; doubles as the idempotency key.
    public var id: Int64
    public var destination: String
    /// The stage that keeps the object, and its sequence number there.
    public var stage: Stage
    public var sequence: Int64
    public var priority: Priority
    public var state: State
    /// How often it was tried and failed.
    public var attempts: Int
    /// Why the last attempt failed, in words for the operator; no patient data.
    public var lastError: String?

    public init(
        id: Int64, destination: String, stage: Stage, sequence: Int64, priority: Priority, state: State, attempts: Int,
        lastError: String?
    ) {
        self.id = id
        self.destination = destination
        self.stage = stage
        self.sequence = sequence
        self.priority = priority
        self.state = state
        self.attempts = attempts
        self.lastError = lastError
    }
}

/// What a destination needs to send an object: where its bytes are and what they are.
public struct Consignment: Sendable, Equatable {
    public var parcelID: Int64
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var transferSyntax: TransferSyntax
    public var sha256: Digest
    /// A file whose first `dataSetLength` bytes are the data set.
    public var path: String
    public var dataSetLength: Int64

    public init(
        parcelID: Int64, sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, transferSyntax: TransferSyntax,
        sha256: Digest, path: String, dataSetLength: Int64
    ) {
        self.parcelID = parcelID
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.transferSyntax = transferSyntax
        self.sha256 = sha256
        self.path = path
        self.dataSetLength = dataSetLength
    }
}

/// How one attempt to hand over one object ended.
public enum DeliveryOutcome: Sendable, Equatable {
    /// The destination said that it has the object.
    case delivered
    /// This object may fare better later. The reason is for the operator.
    case retry(String)
    /// Nobody could be asked about it, or nobody would have taken any: the destination itself needs time.
    ///
    /// - Parameter retryAfter: how long it asks to be left alone, where it says so.
    case unavailable(String, retryAfter: Duration? = nil)
    /// It will never work as it is: the destination does not take such objects, or calls this one wrong.
    case refused(String)
    /// The appliance itself does not have the object as it was received any more: its file is gone or its bytes have
    /// changed. Nothing that was damaged counts as sent.
    case unsendable(String)
}
