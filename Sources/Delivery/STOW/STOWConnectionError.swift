import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why a hub could not be spoken to, in words for the operator. All of these may pass.
enum STOWConnectionError: Error, Equatable, CustomStringConvertible {
    case certificateFile(path: String)
    case noConnection(detail: String)
    case handshake(detail: String)
    case tooSlow(detail: String)
    case stopped
    case broken(detail: String)

    /// Longest detail of a library's error that is shown.
    private static let detailCharacters = 160

    init(_ error: any Error) {
        let detail = String(String(describing: error).prefix(Self.detailCharacters))
        switch error {
        case is CancellationError: self = .stopped
        case is NIOConnectionError, is ChannelError: self = .noConnection(detail: detail)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .handshake(detail: detail)
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: self = .noConnection(detail: detail)
            case .tlsHandshakeTimeout: self = .handshake(detail: detail)
            case .readTimeout, .writeTimeout, .deadlineExceeded: self = .tooSlow(detail: detail)
            case .cancelled: self = .stopped
            default: self = .broken(detail: detail)
            }
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .noConnection(detail: detail)
        default: self = .broken(detail: detail)
        }
    }

    var description: String {
        switch self {
        case .certificateFile(let path):
            "\(path) is not a readable PEM file of the kind that is needed; put the certificate or key there"
        case .noConnection(let detail):
            "no connection to the hub (\(detail)); it is tried again until it answers"
        case .handshake(let detail):
            "the hub and the appliance do not trust each other (TLS: \(detail)); check that the hub's certificate names"
                + " its host and comes from the configured authority, and that the client certificate is valid"
        case .tooSlow(let detail):
            "the hub did not answer in time (\(detail))"
        case .stopped:
            "sending was stopped before the hub answered"
        case .broken(let detail):
            "the connection to the hub broke (\(detail))"
        }
    }
}
