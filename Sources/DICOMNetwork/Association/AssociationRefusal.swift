/// Why a proposed association is not accepted: what the peer is told (PS3.8 table 9-21) and what the log says.
public enum AssociationRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case protocolVersionNotSupported
    case applicationContextNotSupported
    case calledAETitleNotRecognized(String)
    case callingAETitleNotRecognized(String)
    case addressNotAllowed(String)
    /// The peer's maximum length leaves no room for a single byte.
    case maximumLengthTooSmall(UInt32)
    case tooManyAssociations(limit: Int)
    case tooManyAssociationsOfPeer(limit: Int)
    case shuttingDown

    /// The answer on the wire.
    public var reject: AssociateReject {
        switch self {
        case .protocolVersionNotSupported: .protocolVersionNotSupported
        case .applicationContextNotSupported: .applicationContextNotSupported
        case .calledAETitleNotRecognized: .calledAETitleNotRecognized
        case .callingAETitleNotRecognized: .callingAETitleNotRecognized
        // The standard has no reason for these two.
        case .addressNotAllowed, .maximumLengthTooSmall: .noReasonGiven
        case .tooManyAssociations, .tooManyAssociationsOfPeer: .localLimitExceeded
        case .shuttingDown: .temporaryCongestion
        }
    }

    public var description: String {
        let why =
            switch self {
            case .protocolVersionNotSupported: "it does not speak version 1 of the upper layer protocol"
            case .applicationContextNotSupported: "it does not ask for the application context of DICOM"
            case .calledAETitleNotRecognized(let title):
                "it calls \(title), which is not this device's AE title; correct the title at the sender"
            case .callingAETitleNotRecognized(let title):
                "its AE title \(title) is not on the list of callers; add it if it may send"
            case .addressNotAllowed(let address):
                "its address \(address) is not on the list of addresses; add it if it may send"
            case .maximumLengthTooSmall(let length): "its maximum length of \(length) bytes leaves no room for data"
            case .tooManyAssociations(let limit):
                "\(limit) associations are open, which is the limit; it will try again"
            case .tooManyAssociationsOfPeer(let limit):
                "\(limit) associations from its address are open, which is the limit; it will try again"
            case .shuttingDown: "this device is stopping"
            }
        return "the association was not accepted: \(why) (\(reject.result.rawValue)/\(reject.source)/\(reject.reason))"
    }
}
