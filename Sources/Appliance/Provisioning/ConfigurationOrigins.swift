import Foundation
import Records

/// What the box remembers of where its configurations came from, in a file beside the one in force.
///
/// So that a file that stays on the boot partition is taken once: neither does it undo at the next start what came from
/// elsewhere later, nor does it bring back what a person has set aside. Without the file, or with one that cannot be
/// read, nothing is remembered, and what lies there is taken again.
struct ConfigurationOrigins: Codable, Equatable {
    static let fileName = "origins.json"
    /// In bytes; it has a few hundred.
    static let longest = 16 * 1024

    var inForce: ConfigurationOutcome.InForce?
    /// What was last taken, by ``ConfigurationSource``.
    var taken: [String: ConfigurationCandidate.Mark] = [:]

    init() {}

    init(json: [UInt8]) {
        self = (try? JSONDecoder().decode(Self.self, from: Data(json))) ?? Self()
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return Array(try encoder.encode(self)) + [0x0A]
        }
    }

    /// Where the configuration with this digest came from; nil where another one was the last to be taken.
    func source(of sha256: Digest) -> ConfigurationSource? {
        inForce.flatMap { $0.sha256 == sha256 ? $0.source : nil }
    }

    /// - Parameters:
    ///   - inForce: the digest of the configuration in force.
    ///   - isSetAside: whether a configuration lies there that a person has set aside.
    func novelty(
        of candidate: ConfigurationCandidate, inForce: Digest?, isSetAside: Bool
    ) -> ConfigurationNovelty {
        ConfigurationNovelty(
            candidate.mark, taken: taken[candidate.source.rawValue], inForce: inForce, isSetAside: isSetAside)
    }

    /// The candidate is in force from now on.
    mutating func take(_ candidate: ConfigurationCandidate) {
        inForce = .init(sha256: candidate.mark.sha256, source: candidate.source)
        remember(candidate)
    }

    /// The candidate was looked at and needs not be again. What a person names is new each time.
    mutating func remember(_ candidate: ConfigurationCandidate) {
        if candidate.source != .file { taken[candidate.source.rawValue] = candidate.mark }
    }
}
