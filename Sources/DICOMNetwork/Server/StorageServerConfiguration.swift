import DICOM

/// One port of a ``StorageServer``.
public struct StorageListener: Sendable {
    /// The port that IANA registered for DICOM.
    public static let registeredPort = 11112
    /// The port that IANA registered for DICOM over TLS.
    public static let registeredTLSPort = 2762

    /// An address of this host: `0.0.0.0`, `::`, or that of one interface.
    public var host: String
    /// 0 lets the system choose.
    public var port: Int
    /// Nil for a plain port.
    public var tls: TLSIdentity?
    /// A socket that listens already, at this host and port, and is the server's from now on; nil where the server is
    /// to open one.
    public var descriptor: CInt?

    public init(
        host: String = "0.0.0.0", port: Int = StorageListener.registeredPort, tls: TLSIdentity? = nil,
        descriptor: CInt? = nil
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.descriptor = descriptor
    }
}

/// How a ``StorageServer`` listens and what it agrees to.
public struct StorageServerConfiguration: Sendable {
    /// Measured senders use one to four associations each.
    public static let defaultMaximumAssociations = 64
    /// One sender that opens ever more must leave room for the others.
    public static let defaultMaximumAssociationsPerPeer = 16
    /// Connections that have not (yet) asked for an association, or were refused one, on top of the associations.
    public static let spareConnections = 64

    public var listeners: [StorageListener]
    public var policy: AcceptorPolicy
    /// More are rejected as transient (2/3/2): the sender tries again.
    public var maximumAssociations: Int
    /// As ``maximumAssociations``, from one address.
    public var maximumAssociationsPerPeer: Int
    public var timeouts: AssociationTimeouts

    /// What follows from the policy's maximum length.
    public var limits: PDULimits { PDULimits(advertisedLength: policy.maximumLength) }

    /// More are closed unread, so that port scans and floods cost nothing.
    public var maximumConnections: Int { maximumAssociations + Self.spareConnections }

    public init(
        listeners: [StorageListener] = [StorageListener()], policy: AcceptorPolicy = AcceptorPolicy(),
        maximumAssociations: Int = StorageServerConfiguration.defaultMaximumAssociations,
        maximumAssociationsPerPeer: Int = StorageServerConfiguration.defaultMaximumAssociationsPerPeer,
        timeouts: AssociationTimeouts = AssociationTimeouts()
    ) {
        self.listeners = listeners
        self.policy = policy
        self.maximumAssociations = maximumAssociations
        self.maximumAssociationsPerPeer = maximumAssociationsPerPeer
        self.timeouts = timeouts
    }
}

/// Why a server does not run.
public enum StorageServerError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen for DICOM on \(host) port \(port): \(reason); choose another port or stop what uses it"
        }
    }
}

/// Where a server listens.
public struct ListeningAddress: Sendable, Equatable {
    public var host: String
    public var port: Int
    public var usesTLS: Bool
}
