import DICOM
import Records

/// What the receiver knows of an instance apart from its bytes.
public struct InstanceDescription: Sendable, Equatable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var seriesInstanceUID: UID
    public var transferSyntax: TransferSyntax
    public var peer: Peer
    public var received: RecordedTime
    public var modality: String?
    public var bodyPartExamined: String?
    public var patientKey: Records.Digest?
    /// What the receiver saw; the store adds what only it can know.
    public var flags: [InstanceFlag]
    /// The network that made it; nil for what was received.
    public var model: AuditModel?

    public init(
        sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID,
        transferSyntax: TransferSyntax, peer: Peer, received: RecordedTime, modality: String?,
        bodyPartExamined: String?, patientKey: Records.Digest? = nil, flags: [InstanceFlag] = [],
        model: AuditModel? = nil
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntax = transferSyntax
        self.peer = peer
        self.received = received
        self.modality = modality
        self.bodyPartExamined = bodyPartExamined
        self.patientKey = patientKey
        self.flags = flags
        self.model = model
    }
}

/// How an instance was kept.
public enum Keeping: Sendable, Equatable {
    /// With ``InstanceFlag/conflictingBytes`` where other bytes are known under its UID: both are kept.
    case new(StoredInstance)
    /// The same bytes under the same UID were there already; nothing was written.
    case duplicate(StoredInstance)

    public var instance: StoredInstance {
        switch self { case .new(let instance), .duplicate(let instance): instance }
    }
}
