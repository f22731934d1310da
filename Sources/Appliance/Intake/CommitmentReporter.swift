import DICOM
import DICOMNetwork
import Foundation
import Spool

/// Sends the storage commitment reports that wait to their peers, on associations of its own (PS3.4 J.3.3).
struct CommitmentReporter: Sendable {
    /// How often it looks for reports; also the first pause after a failure.
    static let poll = Duration.seconds(1)
    static let longestPause = Duration.seconds(300)
    /// Reports sent over one association.
    static let batch = 64

    let commitments: StorageCommitments
    private let client = StorageClient()

    init(_ commitments: StorageCommitments) { self.commitments = commitments }

    /// One peer that does not listen holds no other up.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (aeTitle, peer) in commitments.peers {
                group.addTask { try await run(aeTitle, peer) }
            }
            while try await group.next() != nil {}
        }
    }

    private func run(_ aeTitle: String, _ peer: RemoteApplicationEntity) async throws {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(minimum: Self.poll, maximum: Self.longestPause)
        while true {
            var pause = Self.poll
            do {
                let waiting = try commitments.spool.waitingReports(for: aeTitle, limit: Self.batch)
                if !waiting.isEmpty { try await send(waiting, to: peer) }
                backoff.reset()
            } catch {
                try Task.checkCancellation()
                pause = backoff.next(using: &generator)
                commitments.events.emit(Event(.commitmentUnreported, .warning, ["peer": aeTitle, "reason": "\(error)"]))
            }
            try await Task.sleep(for: pause)
        }
    }

    private func send(_ waiting: [WaitingReport], to peer: RemoteApplicationEntity) async throws {
        let sopClass = SOPClass.storageCommitmentPushModel
        let context = PresentationContextProposal(
            id: 1, abstractSyntax: sopClass, transferSyntaxes: [.explicitVRLittleEndian, .implicitVRLittleEndian])
        // The requestor of this association is the provider of the service.
        let role = RoleSelection(sopClassUID: sopClass, isSCU: false, isSCP: true)
        let reports = try waiting.map {
            try JSONDecoder().decode(StorageCommitmentReport.self, from: Data($0.report.utf8))
        }
        try await client.withAssociation(to: peer, contexts: [context], roles: [role]) {
            association throws(AssociationError) in
            for report in reports {
                let status = try await association.report(report)
                commitments.reported(report.transactionUID, status)
                // Whatever the peer makes of it, it has it: asking again is the peer's turn.
                do throws(SpoolError) {
                    try commitments.spool.dropReport(report.transactionUID)
                } catch {
                    throw .sourceFailed(error.description)
                }
            }
        }
    }
}
