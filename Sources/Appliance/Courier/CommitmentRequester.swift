import DICOM
import DICOMNetwork
import Foundation
import Records
import Spool

/// Asks a destination to be answerable for what it was sent (PS3.4 annex J, as SCU), until it is or says that it does
/// not offer that.
///
/// Its report may come on the association that asks, or at intake hours later, or never: then it is asked again.
struct CommitmentRequester: Sendable {
    /// How often it looks for delivered objects; also the first pause after a failure.
    static let poll = Duration.seconds(1)
    static let longestPause = Duration.seconds(300)
    /// How long a report may take. Archives that commit when they have written their tapes take a night.
    static let reportTimeout = Duration.seconds(12 * 3600)

    let destination: String
    let peer: RemoteApplicationEntity
    let reports: CommitmentReports
    private let client = StorageClient()

    init(destination: String, peer: RemoteApplicationEntity, reports: CommitmentReports) {
        self.destination = destination
        self.peer = peer
        self.reports = reports
    }

    private var spool: CourierSpool { reports.spool }

    func run() async throws {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(minimum: Self.poll, maximum: Self.longestPause)
        var isOffered = true
        while true {
            try abandonOverdue()
            let parcels = try spool.uncommitted(
                for: destination, limit: StorageCommitmentRequest.maximumReferences)
            var pause = Self.poll
            if !parcels.isEmpty {
                do {
                    try await ask(parcels)
                    backoff.reset()
                    isOffered = true
                } catch StorageCommitmentFailure.notOffered {
                    try spool.waiveCommitment(for: destination)
                    if isOffered { tellNotOffered() }
                    isOffered = false
                    // It may be, one day.
                    pause = Self.longestPause
                } catch let error as StorageCommitmentFailure {
                    pause = backoff.next(using: &generator)
                    reports.events.emit(Event(.commitmentUnreported, .warning, [
                        "destination": destination, "reason": "\(error)",
                    ]))
                }
            }
            try await Task.sleep(for: pause)
        }
    }

    private func tellNotOffered() {
        reports.events.emit(Event(.commitmentNotOffered, .warning, [
            "destination": destination,
            "reason": "the destination does not offer storage commitment: delivered is the end there",
        ]))
    }

    private func abandonOverdue() throws(SpoolError) {
        let overdue = reports.clock.now - Self.reportTimeout
        guard overdue > .zero else { return }
        for transaction in try spool.unreportedCommitments(for: destination, begunBefore: overdue) {
            try spool.abandonCommitment(transaction)
            reports.events.emit(Event(.commitmentUnreported, .warning, [
                "destination": destination, "transactionUID": transaction, "reason": "no report came; asking again",
            ]))
        }
    }

    /// Asks about `parcels` under a new transaction. Where the request fails, they are to be asked about again.
    private func ask(_ parcels: [Parcel]) async throws {
        let transaction = UID(derivedFrom: Digest(ofData: UUID().uuidString.utf8).bytes)
        var references: [ReferencedInstance] = []
        var gone: [Parcel] = []
        for parcel in parcels {
            if let reference = try reports.objects.reference(parcel) {
                references.append(reference)
            } else {
                gone.append(parcel)
            }
        }
        // Nothing could be sent again, whatever the answer.
        if !gone.isEmpty { try spool.waiveCommitment(of: gone) }
        guard !references.isEmpty else { return }
        // Before the first byte leaves: the report may be here before the answer to the request is.
        try spool.beginCommitment(transaction, of: parcels, for: destination, at: reports.clock.now)
        do {
            _ = try await client.requestCommitment(
                StorageCommitmentRequest(transactionUID: transaction, references: references), of: peer,
                reports: reports)
        } catch {
            try spool.abandonCommitment(transaction)
            throw error
        }
        reports.events.emit(Event(.commitmentRequested, .info, [
            "destination": destination, "transactionUID": transaction, "objects": parcels.count,
        ]))
    }
}

/// Takes reports of storage commitments over into the queues, wherever they came in.
struct CommitmentReports: StorageCommitmentReportReceiver {
    let spool: CourierSpool
    let objects: StageObjects
    let events: EventLog
    let clock: CourierClock
    let time: KeptClock

    /// On the association that asked.
    func take(_ report: StorageCommitmentReport, from peerAETitle: String) async throws(StoreRefusal) {
        do throws(SpoolError) {
            try apply(report, cursor: nil)
        } catch {
            throw StoreRefusal(.processingFailure, "\(error)")
        }
    }

    /// - Parameter cursor: where the report stands among those that intake received.
    func apply(_ report: StorageCommitmentReport, cursor: Int64?) throws(SpoolError) {
        let verdicts = report.verdicts
        let outcome = try spool.report(report.transactionUID, cursor: cursor, at: time.now()) { parcel in
            switch try objects.reference(parcel).flatMap({ verdicts[$0] }) {
            case .committed: .committed
            case .failed(let reason): .failed(reason: "storage commitment failed: \(reason)")
            case nil: .unmentioned
            }
        }
        // A report that was applied already, or that nobody waits for any longer.
        guard let outcome else { return }
        events.emit(Event(.commitmentReported, outcome.requeued.isEmpty ? .info : .error, [
            "destination": outcome.destination, "transactionUID": report.transactionUID,
            "committed": outcome.committed.count, "sentAgain": outcome.requeued.count,
        ]))
    }
}
