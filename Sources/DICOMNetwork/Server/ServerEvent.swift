/// What happens on a server, for logs and counters. Holds no patient data.
public enum ServerEvent: Sendable, Equatable {
    case opened(AssociationInformation)
    case rejected(AssociationInformation, AssociationRefusal)
    case released(AssociationInformation)
    /// The peer, or its protocol layer, gave up.
    case aborted(AssociationInformation, Abort)
    /// This side ended it: the peer broke the protocol, was too slow or vanished. Nil information: before it said its
    /// name.
    case failed(AssociationInformation?, peerAddress: String, AssociationFault)
    /// More connections than ``StorageServerConfiguration/maximumConnections``: closed unread.
    case connectionRefused(peerAddress: String)
    /// The TLS files changed and cannot be used; the earlier ones stay in use.
    case tlsFilesUnusable(TLSError)
    /// A C-STORE was answered otherwise than with success.
    case refused(StoreRequest, StoreRefusal)
    /// A peer's report on a storage commitment was answered otherwise than with success.
    case commitmentReportRefused(AssociationInformation, StoreRefusal)
    /// A request that is not offered, or not in the role that the peer has: answered 0211.
    case unrecognizedOperation(AssociationInformation, commandField: UInt16)
}
