import DICOM

/// One of the four units of the program, each the single writer of its own database.
public enum Stage: String, Codable, Sendable, CaseIterable {
    case intake, analysis, courier, board
}

/// What a stage knows of an object that it keeps durably: the content of the file's trailer.
///
/// The same for images that intake received and for results that analysis wrote.
public struct StoredInstance: Sendable, Codable, Equatable {
    /// Grows with every object of its stage and is never used twice.
    public var sequence: Int64
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var seriesInstanceUID: UID
    public var transferSyntax: TransferSyntax
    /// Bytes of the data set, which begins at the first byte of the file.
    public var dataSetLength: Int64
    public var sha256: Digest
    public var peer: Peer
    /// When the object came, and whether the box's clock could be trusted then.
    public var received: RecordedTime
    /// What the rules look at; nil where the data set has none.
    public var modality: String?
    public var bodyPartExamined: String?
    /// The digest of Patient ID and its issuer; nil where the object has none. Tells patients apart, names none.
    public var patientKey: Digest?
    /// In the order of their cases.
    public var flags: [InstanceFlag]

    public var receivedAt: Timestamp { received.timestamp }

    /// Whether the object is kept apart from analysis and forwarding.
    public var isQuarantined: Bool { flags.contains(where: \.isQuarantined) }

    public init(
        sequence: Int64, sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID,
        transferSyntax: TransferSyntax, dataSetLength: Int64, sha256: Digest, peer: Peer, received: RecordedTime,
        modality: String?, bodyPartExamined: String?, patientKey: Digest? = nil,
        flags: [InstanceFlag] = []
    ) {
        self.sequence = sequence
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntax = transferSyntax
        self.dataSetLength = dataSetLength
        self.sha256 = sha256
        self.peer = peer
        self.received = received
        self.modality = modality
        self.bodyPartExamined = bodyPartExamined
        self.patientKey = patientKey
        self.flags = flags
    }

    /// Names in trailers on disk: none is ever renamed.
    private enum CodingKeys: String, CodingKey {
        case sequence, sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID, transferSyntax, dataSetLength
        case sha256, peer
        case received = "receivedAt"
        case modality, bodyPartExamined, patientKey, flags
    }
}

/// Who sent an object.
public struct Peer: Sendable, Codable, Equatable {
    public var callingAETitle: String
    public var calledAETitle: String
    public var address: String

    public init(callingAETitle: String, calledAETitle: String, address: String) {
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.address = address
    }
}
