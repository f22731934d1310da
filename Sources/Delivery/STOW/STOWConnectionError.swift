import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a hub could not be spoken to, in words for the operator. All of these may pass.
enum STOWConnectionError: Error, Equatable, CustomStringConvertible {
    case certificateFile(path: String)
    case keyDoesNotFit
    case noConnection(detail: String)
    case notTLS
    case handshake(detail: String)
    case tooSlow(detail: String)
    case stopped
    case broken(detail: String)

    /// Longest detail of a library's error that is shown.
    private static let detailCharacters = 120

    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .stopped
        case let error as NIOConnectionError: self.init(error)
        case let error as NIOSSLError: self.init(error)
        case let error as BoringSSLError: self.init(handshake: "\(error)")
        case let error as NIOSSLExtraError: self = .handshake(detail: Self.short("\(error)"))
        case let error as HTTPClientError: self.init(error)
        case let error as IOError where Self.connectionFailures.contains(error.errnoCode):
            self = .noConnection(detail: Self.words(error.errnoCode))
        case let error as IOError: self = .broken(detail: Self.words(error.errnoCode))
        case is ChannelError: self = .noConnection(detail: Self.short("\(error)"))
        default: self = .broken(detail: Self.short("\(error)"))
        }
    }

    private init(_ error: NIOConnectionError) {
        guard let first = error.connectionErrors.first?.error else {
            self = .noConnection(detail: "the name \(error.host) is not known")
            return
        }
        self.init(first)
        // Whatever the system says of a connection that never was, is "no connection".
        if case .broken(let detail) = self { self = .noConnection(detail: detail) }
    }

    private init(_ error: NIOSSLError) {
        switch error {
        case .failedToLoadPrivateKey, .failedToLoadCertificate: self = .keyDoesNotFit
        case .handshakeFailed(let reason): self.init(handshake: "\(reason)")
        case .uncleanShutdown: self = .broken(detail: "closed without notice")
        default: self = .handshake(detail: Self.short("\(error)"))
        }
    }

    /// BoringSSL's own description has its reason as a word in capitals behind `OPENSSL_internal:`.
    private init(handshake description: String) {
        let marker = "OPENSSL_internal:"
        guard let start = description.firstRange(of: marker)?.upperBound else {
            self = .handshake(detail: Self.short(description))
            return
        }
        let reason = description[start...].prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        self = reason == "WRONG_VERSION_NUMBER" ? .notTLS : .handshake(detail: String(reason))
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout: self = .noConnection(detail: "time is up")
        case .tlsHandshakeTimeout: self = .handshake(detail: "time is up")
        case .readTimeout: self = .tooSlow(detail: "no answer to the request")
        case .writeTimeout: self = .tooSlow(detail: "it takes no more bytes")
        case .deadlineExceeded: self = .tooSlow(detail: "the request took too long in all")
        case .cancelled: self = .stopped
        case .remoteConnectionClosed: self = .broken(detail: "the hub closed it")
        default: self = .broken(detail: error.shortDescription)
        }
    }

    var description: String {
        switch self {
        case .certificateFile(let path):
            "\(path) is not a readable PEM file of the kind that is needed; put the certificate or key there"
        case .keyDoesNotFit:
            "the client certificate and its key do not belong together or cannot be used; check both files"
        case .noConnection(let detail):
            "no connection to the hub (\(detail)); it is tried again until it answers"
        case .notTLS:
            "the hub's port does not speak TLS; check the destination's url"
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

    private static let connectionFailures: Set<CInt> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ETIMEDOUT]

    private static func words(_ errnoCode: CInt) -> String {
        switch errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "the hub cut it"
        case EHOSTUNREACH: "host unreachable"
        case ENETUNREACH, ENETDOWN: "network unreachable"
        case ETIMEDOUT: "time is up"
        default: "errno \(errnoCode)"
        }
    }

    private static func short(_ text: String) -> String { String(text.prefix(detailCharacters)) }
}
