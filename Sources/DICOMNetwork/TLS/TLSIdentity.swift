import Foundation
import NIOSSL
import Synchronization

/// The PEM files by which a device proves who it is and decides whom it believes (PS3.15 annex B.12).
public struct TLSFiles: Sendable, Equatable {
    /// This device's certificate, followed by those between it and its authority.
    public var certificate: String
    public var key: String
    /// The authorities whose peers may connect; nil asks peers for no certificate.
    public var authority: String?

    public init(certificate: String, key: String, authority: String?) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
    }
}

/// Why the files cannot be used.
public enum TLSError: Error, Sendable, Equatable, CustomStringConvertible {
    case unusableFile(path: String, reason: String)
    case unusable(reason: String)

    public var description: String {
        switch self {
        case .unusableFile(let path, let reason):
            "cannot use \(path) for TLS: \(reason); it must be a PEM file that the service may read"
        case .unusable(let reason): "cannot use the certificate with its key for TLS: \(reason)"
        }
    }
}

/// The certificate and key of this device as servers use them. Files that were replaced are taken at the next
/// connection, without a restart; while the new ones cannot be used, the old ones stay.
public final class TLSIdentity: Sendable {
    public let files: TLSFiles
    private let state: Mutex<State>

    private struct State {
        var context: NIOSSLContext
        var stamps: [FileStamp]
    }

    /// Tells whether a file was replaced.
    private struct FileStamp: Equatable {
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modifiedSeconds = Int(status.st_mtim.tv_sec)
            modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
        }
    }

    public init(_ files: TLSFiles) throws(TLSError) {
        self.files = files
        // Stamped first: a file that changes in between is read again.
        let stamps = Self.stamps(files)
        state = Mutex(State(context: try Self.makeContext(files), stamps: stamps))
    }

    /// The context for a new connection; where the files changed and cannot be used, also why.
    func current() -> (context: NIOSSLContext, problem: TLSError?) {
        state.withLock { state in
            let stamps = Self.stamps(files)
            guard stamps != state.stamps else { return (state.context, nil) }
            // Said once for each change, and tried again at the next.
            state.stamps = stamps
            do throws(TLSError) {
                state.context = try Self.makeContext(files)
                return (state.context, nil)
            } catch {
                return (state.context, error)
            }
        }
    }

    private static func stamps(_ files: TLSFiles) -> [FileStamp] {
        [files.certificate, files.key, files.authority].compactMap { $0 }.compactMap { FileStamp($0) }
    }

    /// TLS 1.2 and 1.3 with the library's suites, all of them with forward secrecy and authenticated encryption: the
    /// BCP 195 profile (PS3.15 B.9, B.12).
    private static func makeContext(_ files: TLSFiles) throws(TLSError) -> NIOSSLContext {
        let chain = try read(files.certificate) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try read(files.key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let authority = files.authority {
            configuration.trustRoots = .certificates(
                try read(authority) { try NIOSSLCertificate.fromPEMFile($0) })
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unusable(reason: "\(error)")
        }
    }

    private static func read<Value>(_ path: String, _ body: (String) throws -> Value) throws(TLSError) -> Value {
        do {
            return try body(path)
        } catch {
            throw .unusableFile(path: path, reason: "\(error)")
        }
    }
}
