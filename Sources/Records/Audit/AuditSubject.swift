import DICOM

/// On whose behalf something happened.
public enum AuditActor: Hashable, Sendable {
    /// The program by itself.
    case appliance
    /// Another application entity, by the title and the address from which it called.
    case peer(aeTitle: AuditText, address: AuditText)
    /// A person, by the name of the account that the kernel tells; and by the one that the account itself says it acts
    /// for, as `SUDO_USER` does.
    case account(AuditText, sudoUser: AuditText?)

    public static func peer(_ peer: Peer) -> AuditActor {
        .peer(aeTitle: AuditText(peer.callingAETitle, as: .aeTitle), address: AuditText(peer.address, as: .address))
    }

    public static func account(named name: String, sudoUser: String? = nil) -> AuditActor {
        .account(AuditText(name, as: .account), sudoUser: sudoUser.map { AuditText($0, as: .account) })
    }
}

/// The network that had a part in something.
public struct AuditModel: Hashable, Sendable {
    /// Nil, like the version, where the file does not tell.
    public var name: AuditText?
    public var version: AuditText?
    /// Of the model file.
    public var sha256: Digest

    /// What a file says of itself, as far as it can be read.
    public init(name: String? = nil, version: String? = nil, sha256: Digest) {
        self.name = name.map { AuditText($0, as: .modelName) }
        self.version = version.map { AuditText($0, as: .modelVersion) }
        self.sha256 = sha256
    }

    public init(_ model: ModelIdentity) {
        self.init(name: model.name, version: model.version, sha256: model.sha256)
    }
}

/// What something happened to; what does not apply is nil.
public struct AuditSubject: Hashable, Sendable {
    public var sopInstanceUID: UID?
    public var studyInstanceUID: UID?
    /// The stage that keeps the object, and the object's number there.
    public var stage: Stage?
    public var sequence: Int64?
    public var destination: AuditText?
    /// Of the object's data set, or of the file that the event is about.
    public var sha256: Digest?
    /// The name of the file, without its folder.
    public var file: AuditText?
    /// Of a storage commitment.
    public var transactionUID: UID?
    /// What the clock would have shown had it not been set.
    public var clockBefore: Timestamp?
    /// The last of the removed rows.
    public var anchor: AuditHead?

    /// Nothing in particular.
    public init() {}

    /// An object.
    ///
    /// - Parameter stage: the one that keeps it.
    public init(_ instance: StoredInstance, keptBy stage: Stage) {
        sopInstanceUID = instance.sopInstanceUID
        studyInstanceUID = instance.studyInstanceUID
        self.stage = stage
        sequence = instance.sequence
        sha256 = instance.sha256
    }

    /// A study as far as an object.
    public init(study: UID, throughSequence: Int64) {
        studyInstanceUID = study
        sequence = throughSequence
    }

    /// A file, such as the configuration.
    public init(file sha256: Digest) { self.sha256 = sha256 }

    /// A file by its name.
    ///
    /// - Parameter sha256: its digest, where it is known.
    public init(fileNamed name: String, sha256: Digest? = nil) {
        file = AuditText(name, as: .file)
        self.sha256 = sha256
    }

    /// A stage as a whole.
    public init(stage: Stage) { self.stage = stage }

    /// A destination's queue as a whole.
    public init(destination: String) { self.destination = AuditText(destination, as: .destination) }

    /// The clock, which would have shown `before`.
    public init(clockBefore before: Timestamp) { clockBefore = before }

    /// Removed rows of the log: those up to `anchor`, which are in a file now.
    public init(removedThrough anchor: AuditHead, file sha256: Digest) {
        self.anchor = anchor
        self.sha256 = sha256
    }
}
