/// Takes what peers report of the commitments that this device asked them for (PS3.4 J.3.3.1.3), on the association
/// that asked or on one that the peer opened.
public protocol StorageCommitmentReportReceiver: Sendable {
    /// Returns only once the report is durable: the peer is told success after that, and need not remember it any
    /// longer.
    ///
    /// A peer that missed our answer reports again: what is known already is taken like the first.
    ///
    /// - Parameter peerAETitle: the title that the peer used for itself, or was called by. Titles are claims, and a
    ///   device may call under another title than it is called by: the Transaction UID tells whose report it is.
    /// - Throws: the status of the response: ``DIMSEStatus/invalidArgumentValue`` where nobody asked for the
    ///   transaction, ``DIMSEStatus/processingFailure`` or ``DIMSEStatus/resourceLimitation`` where the report cannot
    ///   be kept.
    func take(_ report: StorageCommitmentReport, from peerAETitle: String) async throws(StoreRefusal)
}
