import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Records

/// Connections to a hub: TLS 1.3 with certificates on both sides (RFC 8446), HTTP/1.1. With the certificate files as
/// they are when it is made.
struct STOWConnection: Sendable {
    private let settings: STOWSettings
    private let client: HTTPClient

    /// - Throws: `STOWConnectionError.certificateFile` where a PEM file cannot be used.
    init(_ settings: STOWSettings) throws(STOWConnectionError) {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try Self.tlsConfiguration(settings), redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(settings.limits.connectSeconds), read: .seconds(settings.limits.idleSeconds),
                write: .seconds(settings.limits.idleSeconds)))
        configuration.httpVersion = .http1Only
        // Trying again is the courier's work, with its own back-off.
        configuration.connectionPool.retryConnectionEstablishment = false
        self.settings = settings
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }

    /// Sends one store request (PS3.18 section 10.5) and reads its answer.
    ///
    /// - Throws: `SpooledDataSetError` where our own file fails, otherwise `STOWConnectionError`.
    func store(_ body: MultipartRelated) async throws -> STOWAnswer {
        var request = HTTPClientRequest(url: settings.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: body.contentType)
        request.headers.add(name: "Accept", value: "application/dicom+json")
        request.headers.add(name: "User-Agent", value: "Outpost")
        request.body = .stream(body, length: .known(body.length))
        let prepared = request
        let limits = settings.limits
        do {
            return try await withDeadline(seconds: limits.requestSeconds(bytes: body.length)) {
                let response = try await client.execute(prepared, deadline: .distantFuture)
                return await Self.read(response, limit: limits.responseBytes)
            }
        } catch let error as SpooledDataSetError {
            throw error
        } catch {
            throw STOWConnectionError(error)
        }
    }

    /// Asks what the target offers. nginx, for instance, says only in its answer that it wants another certificate.
    func complainsOfCertificate(withinSeconds seconds: Int64) async throws(STOWConnectionError) -> Bool {
        var request = HTTPClientRequest(url: settings.url)
        request.method = .OPTIONS
        request.headers.add(name: "User-Agent", value: "Outpost")
        let prepared = request
        do {
            return try await withDeadline(seconds: seconds) {
                let response = try await client.execute(prepared, deadline: .distantFuture)
                return await Self.read(response, limit: settings.limits.responseBytes).complainsOfCertificate
            }
        } catch {
            throw STOWConnectionError(error)
        }
    }

    func close() async {
        // Every request has ended: what shutting down could still report changes no outcome.
        try? await client.shutdown()
    }

    /// An answer whose body is missing, too large or broken off still has its status.
    private static func read(_ response: HTTPClientResponse, limit: Int) async -> STOWAnswer {
        var answer = STOWAnswer(status: response.status.code)
        answer.retryAfter = RetryAfter.duration(
            response.headers.first(name: "Retry-After"), date: response.headers.first(name: "Date"))
        guard let body = try? await response.body.collect(upTo: limit) else { return answer }
        // Sniffed, not asked of Content-Type: Orthanc sends none with a 400.
        answer.response = try? STOWResponse(json: body.readableBytesView)
        if answer.response == nil {
            let text = String(decoding: body.readableBytesView.prefix(1024), as: UTF8.self).lowercased()
            answer.complainsOfCertificate = answer.status >= 400 && text.contains("ssl certificate")
        }
        return answer
    }

    private static func tlsConfiguration(_ settings: STOWSettings) throws(STOWConnectionError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = .certificates(try certificates(settings.caCertificatePath))
        configuration.certificateChain = try certificates(settings.clientCertificatePath).map { .certificate($0) }
        do {
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: settings.clientKeyPath, format: .pem))
        } catch {
            throw .certificateFile(path: settings.clientKeyPath)
        }
        return configuration
    }

    private static func certificates(_ path: String) throws(STOWConnectionError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw .certificateFile(path: path)
        }
        return found
    }
}

/// Runs `work`, but not longer than `seconds`; then it is cancelled and the deadline is the error.
private func withDeadline<Result: Sendable>(
    seconds: Int64, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw HTTPClientError.deadlineExceeded
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
