import DICOM
import DICOMNetwork
import Foundation
import Records
import Spool

/// Answers storage commitment requests from what is durable (PS3.4 annex J).
///
/// A peer that the configuration knows gets its report on an association of its own: written durably before the request
/// is answered, and sent until the peer takes it. Any other peer gets it on the association that asked.
struct StorageCommitments: Sendable {
    /// Reports that wait for their peers. A peer that asks and never listens must not fill the disk.
    static let maximumWaiting = 10_000

    let spool: IntakeSpool
    /// By AE title.
    let peers: [String: RemoteApplicationEntity]
    let events: EventLog
    let time: KeptClock

    func answer(
        _ request: StorageCommitmentRequest, from association: AssociationInformation
    ) async throws -> StorageCommitmentAnswer {
        // What was acknowledged a moment ago may not have its row yet.
        try await spool.instances.settle()
        var report = StorageCommitmentReport(transactionUID: request.transactionUID, committed: [], failed: [])
        var rows: [AuditEvent] = []
        for reference in request.references {
            let custody = try custody(of: reference)
            switch custody {
            case .kept: report.committed.append(reference)
            case .failed(let reason): report.failed.append(.init(reference, reason))
            }
            rows.append(row(custody, of: reference, in: request, to: association))
        }
        events.emit(Event(.commitmentRequested, report.failed.isEmpty ? .info : .warning, [
            "peer": association.callingAETitle, "transactionUID": report.transactionUID,
            "committed": report.committed.count, "failed": report.failed.count,
        ]))
        guard peers[association.callingAETitle] != nil else {
            try spool.database.audit(rows)
            return .here(report)
        }
        try spool.keepReport(
            WaitingReport(
                transactionUID: report.transactionUID, aeTitle: association.callingAETitle,
                report: String(decoding: try JSONEncoder().encode(report), as: UTF8.self)),
            limit: Self.maximumWaiting, audit: rows)
        return .later
    }

    private enum Custody {
        /// The instance is durable here.
        case kept(StoredInstance)
        case failed(StorageCommitmentReport.FailureReason)
    }

    private func custody(of reference: ReferencedInstance) throws -> Custody {
        let instances = try spool.instances.reader.instances(sopInstanceUID: reference.sopInstanceUID)
        let ofClass = instances.filter { $0.sopClassUID == reference.sopClassUID }
        guard !ofClass.isEmpty else {
            return .failed(instances.isEmpty ? .noSuchObjectInstance : .classInstanceConflict)
        }
        for instance in ofClass where try spool.instances.reader.isWhole(instance.sequence) { return .kept(instance) }
        return .failed(.processingFailure)
    }

    /// What the audit log says of the answer for one instance.
    private func row(
        _ custody: Custody, of reference: ReferencedInstance, in request: StorageCommitmentRequest,
        to association: AssociationInformation
    ) -> AuditEvent {
        let peer = AuditActor.peer(Peer(
            callingAETitle: association.callingAETitle, calledAETitle: association.calledAETitle,
            address: association.peerAddress))
        var event = switch custody {
        case .kept(let instance):
            AuditEvent(
                .commitmentGiven, at: time.now(), by: peer, of: AuditSubject(instance, keptBy: .intake))
        case .failed(let reason):
            AuditEvent(
                .commitmentRefused, at: time.now(), by: peer,
                reason: AuditReason("storage commitment failed", code: Int(reason.rawValue)))
        }
        event.subject.sopInstanceUID = reference.sopInstanceUID
        event.subject.transactionUID = request.transactionUID
        return event
    }

    func reported(_ transactionUID: UID, _ status: DIMSEStatus?) {
        let taken = status == .success
        events.emit(Event(taken ? .commitmentReported : .commitmentUnreported, taken ? .info : .warning, [
            "transactionUID": transactionUID,
            "reason": status.map(\.description) ?? "the peer ended the association before it took the report",
        ]))
    }
}
