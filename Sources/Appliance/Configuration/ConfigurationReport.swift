import Foundation

/// What `outpost check-config FILE` says, for people and, as JSON, for programs.
public struct ConfigurationReport: Sendable, Equatable, Encodable {
    public var file: String
    /// Neither an issue nor a finding that is an error.
    public var isUsable: Bool
    /// What is wrong in the file; then there are no settings and no findings.
    public var issues: [ConfigurationIssue]
    /// What is wrong on this device.
    public var findings: [ConfigurationFinding]
    /// The effective settings, defaults filled in.
    public var settings: ApplianceConfiguration?

    private enum CodingKeys: String, CodingKey {
        case file, isUsable = "usable", issues, findings, settings
    }

    public init(file: String, configuration: ApplianceConfiguration, findings: [ConfigurationFinding]) {
        self.file = file
        self.isUsable = !findings.contains { $0.severity == .error }
        self.issues = []
        self.findings = findings
        self.settings = configuration
    }

    public init(_ error: ConfigurationError) {
        self.file = error.file
        self.isUsable = false
        self.issues = error.issues
        self.findings = []
        self.settings = nil
    }

    /// Reads the file and, if it is good, looks at the disk.
    public init(checking path: String, on disk: some ConfigurationDisk) {
        do {
            let configuration = try ConfigurationFile.load(path).settings
            self.init(file: path, configuration: configuration, findings: configuration.findings(on: disk))
        } catch {
            self.init(error)
        }
    }

    /// One line each: the settings in plain words and what does not fit the device, or the errors as
    /// `FILE:LINE:COLUMN: sentence`. No line holds a line break.
    public var lines: [String] {
        issues.map { $0.description(file: file) }
            + (settings?.sentences ?? [])
            + findings.map { "\($0.severity.rawValue): \($0.path): \($0.message)" }
    }

    /// One JSON document.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension ApplianceConfiguration {
    /// Every setting in effect, in plain words.
    public var sentences: [String] {
        let language = switch station.language {
        case .english: "English"
        case .ukrainian: "Ukrainian"
        }
        let callers = intake.callingAETitles.map { "only " + $0.joined(separator: ", ") } ?? "anyone"
        var lines = [
            "station: \(station.name), results in \(language)",
            "data folder: \(dataFolder)",
            "intake: \(intake.aeTitle) on \(intake.address) port \(intake.port)",
            "intake: takes images from \(callers), at most \(intake.maximumAssociations) associations at once",
            "intake: a study is complete \(intake.studyQuietSeconds) s after its last image",
            "intake: hangs up on a caller that does not introduce itself for \(intake.artimSeconds) s or is silent "
                + "for \(intake.idleSeconds) s",
            "analysis: \(analysis.threadsInWords), at most \(analysis.memoryMegabytes) MB of memory a network",
            "analysis: font \(analysis.font)",
        ]
        lines += analysis.models.map { model in
            "analysis: \(model.file) for \(model.modalities.joined(separator: ", ")) of "
                + model.bodyParts.joined(separator: ", ")
        }
        if analysis.models.isEmpty { lines.append("analysis: no model; images are only stored and forwarded") }
        for destination in destinations {
            let content = destination.send.map(\.rawValue).joined(separator: " and ")
            lines.append("destination \(destination.name): \(content) to \(destination.transport.words)")
            lines.append(
                "destination \(destination.name): tries again after \(destination.retryMinimumSeconds) s, later "
                    + "every \(destination.retryMaximumSeconds) s")
        }
        if destinations.isEmpty { lines.append("destinations: none; everything stays on this device") }
        if let board { lines.append("board: lamps and button as \(board) describes them") }
        return lines
    }
}

extension ApplianceConfiguration.Transport {
    fileprivate var words: String {
        switch self {
        case .dicom(let peer, _):
            "\(peer.aeTitle) at \(peer.host) port \(peer.port) by DICOM, calling as \(peer.callingAETitle)"
        case .stow(let server):
            "\(server.url) by STOW-RS, with certificate \(server.clientCertificate), key \(server.clientKey), "
                + "authority \(server.caCertificate)"
        }
    }
}

extension ApplianceConfiguration.Analysis {
    fileprivate var threadsInWords: String {
        guard let threads else { return "as many threads as the processor suggests" }
        return threads == 1 ? "1 thread" : "\(threads) threads"
    }
}
