import Records

extension AuditEvent {
    /// What happened to a parcel.
    static func about(
        _ parcel: Parcel, _ kind: Kind, at time: RecordedTime, by actor: AuditActor = .appliance,
        reason: AuditReason? = nil
    ) -> AuditEvent {
        var subject = AuditSubject(destination: parcel.destination)
        subject.stage = parcel.stage
        subject.sequence = parcel.sequence
        return AuditEvent(kind, at: time, by: actor, of: subject, reason: reason)
    }
}
