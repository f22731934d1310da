import Records
import Spool

/// Names for identifiers in a support bundle: the same for the same identifier, so that what happened to one object can
/// be followed, and of no use to anybody who has the archive, for the key is thrown away with the bundle's making.
struct Pseudonyms: Sendable {
    /// 64 of 256 bits: never two alike in a bundle.
    private static let digits = 16

    private let key: [UInt8]

    init(generator: inout some RandomNumberGenerator) {
        key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    func name(_ identifier: some StringProtocol) -> String {
        "id-" + Digest(ofData: key + Array(identifier.utf8)).description.prefix(Self.digits)
    }

    /// The text with a name for each UID in it (PS3.5 section 9: numbers and dots). Addresses and versions have at most
    /// four numbers and 15 characters, and stay.
    func masking(_ text: some StringProtocol) -> String {
        String(text).replacing(/[0-9]+(\.[0-9]+)+/) { match in
            let isUID = match.output.0.count > 15 || match.output.0.count { $0 == "." } > 3
            return isUID ? name(match.output.0) : String(match.output.0)
        }
    }
}
