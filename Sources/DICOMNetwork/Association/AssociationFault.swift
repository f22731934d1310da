import NIOCore

/// Why an association ended otherwise than by release or rejection, as this side saw it.
public enum AssociationFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The peer's bytes are not what they claim to be.
    case invalidPDU(PDUError)
    /// A valid PDU that has no place in the present state.
    case unexpectedPDU(PDUType, AssociationTable.State)
    /// The message inside valid PDUs is wrong.
    case invalidMessage(MessageError)
    case timedOut(Deadline)
    /// TLS could not be agreed on, or broke down.
    case tls(String)
    /// The peer closed the connection, or the network lost it, without a release.
    case connectionLost
    /// This side was told to stop.
    case shutDown

    public enum Deadline: String, Sendable, Equatable {
        /// From the connection to the association request, and from the last PDU to the close (PS3.8 section 9.1.5).
        case artim = "ARTIM"
        /// Waiting for the peer's next PDU.
        case idle
        /// Waiting for the peer to take what was written.
        case write
        /// Waiting for the object in flight while shutting down.
        case shutdown
    }

    public var description: String {
        switch self {
        case .invalidPDU(let error): error.description
        case .unexpectedPDU(let type, let state):
            "a \(type.name) PDU came in state \(state.rawValue), where it has no place; the peer broke the protocol"
        case .invalidMessage(let error): error.description
        case .timedOut(.write): "the peer took no bytes in time; check the network and the peer"
        case .timedOut(let deadline): "the \(deadline.rawValue) time-out passed; check the network and the peer"
        case .tls(let reason):
            "TLS failed: \(reason); check the certificates of both sides and the peer's TLS version"
        case .connectionLost: "the connection was lost without a release; check the network and the peer"
        case .shutDown: "this side is shutting down"
        }
    }
}

/// How long each kind of waiting may take.
public struct AssociationTimeouts: Sendable, Equatable {
    /// ARTIM: for the association request, and for the peer to close at the end.
    public var artim: TimeAmount = .seconds(30)
    /// Between two whole PDUs while it is the peer's turn. Also ends who sends a byte at a time.
    public var idle: TimeAmount = .seconds(60)
    /// For the peer to take one PDU. A blocked write without a bound would hold its association for ever.
    public var write: TimeAmount = .seconds(60)
    /// For the object in flight when asked to shut down.
    public var shutdown: TimeAmount = .seconds(20)

    public init() {}
}

/// What the event loop tells the task that serves an association.
enum AssociationSignal: Sendable, Equatable {
    /// A peer has connected. Its IP address comes with it, for the channel forgets it when it closes.
    case connected(peerAddress: String)
    case indication(AssociationIndication)
    case fault(AssociationFault)
    /// Finish the message in flight, then end the association.
    case drain
    /// The time of ``AssociationPrimitive/alarm(after:)`` is over.
    case alarm
}

/// What the task asks of the event loop: the primitives of the upper layer's user, and to be woken.
enum AssociationPrimitive: Sendable, Equatable {
    case accept(AssociateAccept)
    case reject(AssociateReject)
    case data([PresentationDataValue])
    case releaseRequest
    case releaseResponse
    case abort
    /// Signals ``AssociationSignal/alarm`` after this time, unless the connection closes before. A new one replaces the
    /// one before it.
    case alarm(after: TimeAmount)
}

/// The user event that asks an association to end after the message in flight.
struct DrainRequest: Sendable {}
