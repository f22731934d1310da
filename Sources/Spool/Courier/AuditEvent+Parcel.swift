import DICOM
import Records

extension AuditSubject {
    /// A parcel: where it goes, and the object in it by its number, and by what else the caller knows of it.
    public init(_ parcel: Parcel, sopInstanceUID: UID? = nil, studyInstanceUID: UID? = nil, sha256: Digest? = nil) {
        self.init(destination: parcel.destination)
        stage = parcel.stage
        sequence = parcel.sequence
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.sha256 = sha256
    }
}

extension AuditEvent {
    /// What happened to a parcel.
    static func about(
        _ parcel: Parcel, _ kind: Kind, at time: RecordedTime, by actor: AuditActor = .appliance
    ) -> AuditEvent {
        AuditEvent(kind, at: time, by: actor, of: AuditSubject(parcel))
    }
}
