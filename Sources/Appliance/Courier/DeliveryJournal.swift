import Logging
import Records
import Spool

/// An attempt that is over, and what it was about.
struct EndedConsignment: Sendable {
    var parcel: Parcel
    /// Nil where the object could not even be found.
    var consignment: Consignment?
    var outcome: DeliveryOutcome
    var time: RecordedTime

    var attempt: DeliveryAttempt { DeliveryAttempt(parcel, outcome, audit: audit) }

    /// A failure that passes is no news for years to come.
    private var audit: [AuditEvent] {
        let subject = AuditSubject(
            parcel, sopInstanceUID: consignment?.sopInstanceUID, studyInstanceUID: consignment?.studyInstanceUID,
            sha256: consignment?.sha256)
        return switch outcome {
        case .delivered: [AuditEvent(.objectDelivered, at: time, of: subject)]
        case .refused:
            [AuditEvent(
                .objectRefused, at: time, of: subject,
                reason: AuditReason("the destination will not take the object as it is"))]
        case .unsendable:
            [AuditEvent(
                .objectRefused, at: time, of: subject,
                reason: AuditReason("the appliance does not have the object as it was received"))]
        case .retry, .unavailable: []
        }
    }
}

/// Says in the courier's log how objects fared: a line for each that has come to its end, and one for all that failed
/// together, so that an outage with many waiting stays readable.
struct DeliveryJournal: Sendable {
    let destination: String
    let events: EventLog

    func tell(_ ended: [EndedConsignment]) {
        var failures: [(reason: String, parcels: [Parcel.ID])] = []
        for each in ended {
            switch each.outcome {
            case .delivered: tell(each, .objectDelivered, .info, "")
            case .refused(let reason): tell(each, .objectRefused, .error, reason)
            case .unsendable(let reason): tell(each, .objectRefused, .critical, reason)
            case .retry(let reason), .unavailable(let reason, _):
                if let index = failures.firstIndex(where: { $0.reason == reason }) {
                    failures[index].parcels.append(each.parcel.id)
                } else {
                    failures.append((reason, [each.parcel.id]))
                }
            }
        }
        for (reason, parcels) in failures {
            events.emit(
                Event(.deliveryRetried, .warning, [
                    "destination": destination, "parcels": parcels.count, "first": parcels.first ?? 0,
                    "reason": reason,
                ]),
                count: parcels.count)
        }
    }

    /// The courier's own database could not be used.
    func tell(failure: SpoolError, _ level: Logger.Level) {
        events.emit(Event(.stageFailed, level, ["destination": destination, "reason": "\(failure)"]))
    }

    private func tell(_ ended: EndedConsignment, _ kind: Event.Kind, _ level: Logger.Level, _ reason: String) {
        events.emit(Event(kind, level, [
            "destination": destination, "parcel": ended.parcel.id,
            "sopInstanceUID": ended.consignment?.sopInstanceUID.value ?? "", "reason": reason,
        ]))
    }
}
