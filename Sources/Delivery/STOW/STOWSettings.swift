#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where and as whom a `STOWDestination` stores.
public struct STOWSettings: Sendable, Equatable {
    /// The destination's name in the configuration, in queues and in messages.
    public var name: String
    /// The store transaction's target, such as `https://hub.example/dicom-web/studies` (PS3.18 table 10.5.1-1).
    public let url: String
    /// PEM file of the authorities that may vouch for the hub. No others are trusted.
    public var caCertificatePath: String
    /// PEM file of the appliance's certificate, followed by intermediate ones if there are any.
    public var clientCertificatePath: String
    /// PEM file of the appliance's private key, without a pass phrase.
    public var clientKeyPath: String
    public var limits: STOWLimits

    /// - Throws: `STOWSettingsError` where `url` is not an absolute `https` URL.
    public init(
        name: String, url: String, caCertificatePath: String, clientCertificatePath: String, clientKeyPath: String,
        limits: STOWLimits = STOWLimits()
    ) throws(STOWSettingsError) {
        guard let parsed = URL(string: url), let scheme = parsed.scheme, let host = parsed.host, !host.isEmpty else {
            throw .notAURL(destination: name)
        }
        guard scheme.lowercased() == "https" else { throw .notHTTPS(destination: name) }
        self.name = name
        self.url = url
        self.caCertificatePath = caCertificatePath
        self.clientCertificatePath = clientCertificatePath
        self.clientKeyPath = clientKeyPath
        self.limits = limits
    }
}

/// Bounds of one request. Small requests lose little when a connection breaks; large ones save round trips.
public struct STOWLimits: Sendable, Equatable {
    /// Objects in one request.
    public var instancesPerRequest = 16
    /// Data set bytes in one request; a single object may be larger.
    public var bytesPerRequest: Int64 = 32 << 20
    /// A store response is about 1 KB for each object.
    public var responseBytes = 1 << 20
    /// TCP and TLS together.
    public var connectSeconds: Int64 = 15
    /// Silence of the hub while it stores, or while it takes no more bytes.
    public var idleSeconds: Int64 = 120
    /// The slowest uplink that is still worth waiting for; decides how long a request may take in all.
    public var minimumBytesPerSecond: Int64 = 8 << 10

    public init() {}

    /// How long a request with `bytes` in its body may take, answer included.
    func requestSeconds(bytes: Int64) -> Int64 {
        connectSeconds + idleSeconds + bytes / max(1, minimumBytesPerSecond)
    }
}

/// What is wrong with a hub's settings.
public enum STOWSettingsError: Error, Equatable, CustomStringConvertible {
    case notAURL(destination: String)
    case notHTTPS(destination: String)

    public var description: String {
        switch self {
        case .notAURL(let name):
            "destination \(name): its url is not one; write it in full, such as https://hub.example/dicom-web/studies"
        case .notHTTPS(let name):
            "destination \(name): its url must begin with https://, because images leave the house only encrypted"
        }
    }
}
