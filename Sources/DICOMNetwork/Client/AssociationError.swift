import DICOM

/// Why an association, or an operation on it, failed.
public enum AssociationError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotConnect(host: String, port: Int, reason: String)
    case rejected(AssociateReject)
    case aborted(Abort)
    case failed(AssociationFault)
    /// The peer took no presentation context for such objects. The association goes on.
    case noAcceptedContext(sopClassUID: UID, TransferSyntax)
    /// What was to be sent cannot be read. Nothing was sent; the association goes on.
    case sourceUnreadable(String)
    /// What was to be sent ended or failed after part of it was sent; the association was aborted.
    case sourceFailed(String)
    /// The peer's maximum length leaves no room for data.
    case maximumLengthTooSmall(UInt32)
    /// The task was cancelled.
    case cancelled

    /// Whether the same may succeed later without anybody changing a setting.
    public var isTransient: Bool {
        switch self {
        case .rejected(let reject): reject.result == .transient
        case .noAcceptedContext, .maximumLengthTooSmall: false
        case .cannotConnect, .aborted, .failed, .sourceUnreadable, .sourceFailed, .cancelled: true
        }
    }

    /// Whether the association is over. Otherwise the next operation may go on.
    public var endsAssociation: Bool {
        switch self {
        case .noAcceptedContext, .sourceUnreadable: false
        default: true
        }
    }

    public var description: String {
        switch self {
        case .cannotConnect(let host, let port, let reason):
            "cannot connect to \(host) port \(port): \(reason); check address, port and network"
        case .rejected(let reject): "\(reject); check the AE titles and limits of both sides"
        case .aborted(let abort): "the peer ended the association: \(abort); see the peer's log"
        case .failed(let fault): fault.description
        case .noAcceptedContext(let sopClass, let syntax):
            "the peer does not accept SOP class \(sopClass) in transfer syntax \(syntax); enable it there"
        case .sourceUnreadable(let reason): "the object cannot be read: \(reason); check the disk"
        case .sourceFailed(let reason): "the object could not be read to its end: \(reason); check the disk"
        case .maximumLengthTooSmall(let length):
            "the peer takes P-DATA of at most \(length) bytes, too few for any data; correct its settings"
        case .cancelled: "cancelled"
        }
    }
}
