import DICOM
import NIOCore

/// What came of a request for storage commitment that the peer accepted (PS3.4 J.3.2).
public enum StorageCommitmentOutcome: Sendable, Equatable {
    /// The peer reported on the association that asked.
    case reported(StorageCommitmentReport)
    /// Accepted, report outstanding: it comes on an association that the peer opens, when it is ready, or never. What
    /// is never reported has to be asked for again.
    case outstanding
}

/// Why a request for storage commitment was not accepted.
public enum StorageCommitmentFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The peer does not offer storage commitment: no fault, but a peer that can only be believed what it said to each
    /// C-STORE. The status is that of its response, where it accepted the presentation context all the same.
    case notOffered(aeTitle: String, DIMSEStatus?)
    /// The peer offers it and answered this request otherwise than with success.
    case refused(aeTitle: String, DIMSEStatus)
    /// There was no association, or it ended before the peer's answer. The peer may have got the request.
    case association(AssociationError)
    /// Not between 1 and ``StorageCommitmentRequest/maximumReferences`` instances: nothing was sent.
    case wrongNumberOfReferences(Int)

    /// Whether asking again later, under a new Transaction UID, may succeed without anybody changing a setting.
    public var isTransient: Bool {
        switch self {
        case .notOffered, .wrongNumberOfReferences: false
        case .refused(_, let status): status.isTransient
        case .association(let error): error.isTransient
        }
    }

    public var description: String {
        switch self {
        case .notOffered(let title, nil): "\(title) does not offer storage commitment; enable it there if it can"
        case .notOffered(let title, let status?):
            "\(title) does not offer storage commitment: it answered \(status); enable it there if it can"
        case .refused(let title, let status):
            "\(title) refused the request for storage commitment: it answered \(status); see its log"
        case .association(let error): error.description
        case .wrongNumberOfReferences(let count):
            "\(count) instances cannot be asked for at once; ask for 1 to \(StorageCommitmentRequest.maximumReferences)"
        }
    }
}

extension StorageClient {
    /// How long to wait for a report on the association that asked. Peers that report there do so as soon as they have
    /// looked; the others would only be waited for in vain.
    public static let defaultReportWait = Duration.seconds(10)

    /// Asks a peer to be answerable for instances that it was sent (PS3.4 annex J, as SCU), on an association of its
    /// own.
    ///
    /// The role is the one that the requestor of an association has by default, so none is negotiated (PS3.7 D.3.3.4).
    /// The same peer's reports on associations that it opens go to the receiver of a ``StorageServer``.
    ///
    /// - Parameters:
    ///   - request: 1 to ``StorageCommitmentRequest/maximumReferences`` references, and a Transaction UID that was
    ///     never used before: after a failure too, trying again takes a new one (PS3.4 J.3.2.1.2).
    ///   - reportWait: how long the peer may take to report on the same association once it has accepted the request;
    ///     a report that has begun to arrive by then gets as much again.
    ///   - reports: keeps each report that comes on the association, also one of another transaction, before the peer
    ///     is told that it was taken.
    public func requestCommitment(
        _ request: StorageCommitmentRequest, of peer: RemoteApplicationEntity,
        reportWait: Duration = StorageClient.defaultReportWait, reports: some StorageCommitmentReportReceiver
    ) async throws(StorageCommitmentFailure) -> StorageCommitmentOutcome {
        guard (1...StorageCommitmentRequest.maximumReferences).contains(request.references.count) else {
            throw .wrongNumberOfReferences(request.references.count)
        }
        let contexts = [
            PresentationContextProposal(
                id: 1, abstractSyntax: SOPClass.storageCommitmentPushModel,
                transferSyntaxes: [.explicitVRLittleEndian, .implicitVRLittleEndian]),
            // Some peers reject an association of which they take no context. This one they take, so what they do not
            // offer is seen.
            PresentationContextProposal(
                id: 3, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian]),
        ]
        let reply: CommitmentReply
        do throws(AssociationError) {
            reply = try await withAssociation(to: peer, contexts: contexts) { association throws(AssociationError) in
                try await association.requestCommitment(
                    request, from: peer.calledAETitle, wait: TimeAmount(reportWait), reports: reports)
            }
        } catch {
            throw .association(error)
        }
        switch reply {
        case .noContext: throw .notOffered(aeTitle: peer.calledAETitle, nil)
        case .refused(let status):
            // Some peers accept every context and learn only from the message what it is for.
            let isUnknown = [.noSuchSOPClass, .sopClassNotSupported, .unrecognizedOperation].contains(status)
            throw isUnknown
                ? .notOffered(aeTitle: peer.calledAETitle, status) : .refused(aeTitle: peer.calledAETitle, status)
        case .accepted(let outcome): return outcome
        }
    }
}
