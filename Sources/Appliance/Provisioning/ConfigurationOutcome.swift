import Foundation
import Records

/// What became of the box's configuration: what `outpost configuration apply` says, and what it leaves in
/// `/run/outpost/configuration.json` for the lamps and for `outpost configuration show`.
public struct ConfigurationOutcome: Sendable, Codable, Equatable {
    public enum Result: String, Sendable, Codable {
        /// A new one is in force.
        case applied
        /// The one in force stays, for there is nothing new.
        case unchanged
        /// There is something new, which cannot be used; the one in force stays.
        case refused
        /// None is in force: the box receives nothing.
        case notProvisioned
        /// One is in force, and this version of the program cannot use it.
        case unusable
    }

    /// A configuration in force.
    public struct InForce: Sendable, Codable, Equatable {
        /// Of the file's bytes, as the audit log has it.
        public var sha256: Digest
        /// Where it came from; nil where that is not known.
        public var source: ConfigurationSource?

        public init(sha256: Digest, source: ConfigurationSource?) { (self.sha256, self.source) = (sha256, source) }
    }

    /// A configuration that is not used, and why.
    public struct Refusal: Sendable, Codable, Equatable {
        public var source: ConfigurationSource
        /// `FILE:LINE:COLUMN: sentence`, as `outpost check-config` says it.
        public var reasons: [String]

        public init(source: ConfigurationSource, reasons: [String]) { (self.source, self.reasons) = (source, reasons) }
    }

    public var result: Result
    public var inForce: InForce?
    public var refusals: [Refusal]
    /// One sentence for a person.
    public var summary: String

    init(_ result: Result, inForce: InForce?, refusals: [Refusal] = [], summary: String) {
        (self.result, self.inForce, self.refusals, self.summary) = (result, inForce, refusals, summary)
    }

    /// Whether a person should look at it: something that was given to the box is not used.
    public var needsAttention: Bool { !refusals.isEmpty || result == .unusable }

    /// For a console or a log: the summary, then what is wrong.
    public var lines: [String] { [summary] + refusals.flatMap(\.reasons) }

    /// What was written last.
    ///
    /// - Returns: nil where nothing was written since the system started, or nothing that can be read.
    public static func last(in places: BoxPlaces) -> ConfigurationOutcome? {
        guard let data = FileManager.default.contents(atPath: places.configurationOutcome) else { return nil }
        return try? JSONDecoder().decode(Self.self, from: data)
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [0x0A]
        }
    }
}
