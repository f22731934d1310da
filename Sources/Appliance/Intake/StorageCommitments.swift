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

    func answer(
        _ request: StorageCommitmentRequest, from association: AssociationInformation
    ) async throws -> StorageCommitmentAnswer {
        // What was acknowledged a moment ago may not have its row yet.
        try await spool.instances.settle()
        var report = StorageCommitmentReport(transactionUID: request.transactionUID, committed: [], failed: [])
        for reference in request.references {
            if let reason = try failure(reference) {
                report.failed.append(.init(reference, reason))
            } else {
                report.committed.append(reference)
            }
        }
        events.emit(Event(.commitmentRequested, report.failed.isEmpty ? .info : .warning, [
            "peer": association.callingAETitle, "transactionUID": report.transactionUID,
            "committed": report.committed.count, "failed": report.failed.count,
        ]))
        guard peers[association.callingAETitle] != nil else { return .here(report) }
        try spool.keepReport(
            WaitingReport(
                transactionUID: report.transactionUID, aeTitle: association.callingAETitle,
                report: String(decoding: try JSONEncoder().encode(report), as: UTF8.self)),
            limit: Self.maximumWaiting)
        return .later
    }

    /// Nil where the instance is durable here.
    private func failure(_ reference: ReferencedInstance) throws -> StorageCommitmentReport.FailureReason? {
        let instances = try spool.instances.reader.instances(sopInstanceUID: reference.sopInstanceUID)
        let ofClass = instances.filter { $0.sopClassUID == reference.sopClassUID }
        guard !ofClass.isEmpty else { return instances.isEmpty ? .noSuchObjectInstance : .classInstanceConflict }
        for instance in ofClass where try spool.instances.reader.isWhole(instance.sequence) { return nil }
        return .processingFailure
    }

    func reported(_ transactionUID: UID, _ status: DIMSEStatus?) {
        let taken = status == .success
        events.emit(Event(taken ? .commitmentReported : .commitmentUnreported, taken ? .info : .warning, [
            "transactionUID": transactionUID,
            "reason": status.map(\.description) ?? "the peer ended the association before it took the report",
        ]))
    }
}
