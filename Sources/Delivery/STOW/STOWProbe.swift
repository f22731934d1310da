/// Asks a hub whether it is there, and sends it nothing.
public struct STOWProbe: Sendable {
    private let settings: STOWSettings

    public init(_ settings: STOWSettings) { self.settings = settings }

    /// Connects, does the TLS handshake with certificates on both sides, and asks what the store transaction's target
    /// offers (OPTIONS, RFC 9110 section 9.3.7). Any answer of HTTP will do.
    ///
    /// - Parameter seconds: how long that may take in all.
    /// - Returns: nil where the hub answers; otherwise why not, in words for the operator.
    public func problem(withinSeconds seconds: Int64) async -> String? {
        do throws(STOWConnectionError) {
            let connection = try STOWConnection(settings)
            let answer: Result<Bool, STOWConnectionError>
            do throws(STOWConnectionError) {
                answer = .success(try await connection.complainsOfCertificate(withinSeconds: seconds))
            } catch {
                answer = .failure(error)
            }
            await connection.close()
            return try answer.get() ? "the hub does not accept this device's certificate; have it renewed" : nil
        } catch {
            return error.description
        }
    }
}
