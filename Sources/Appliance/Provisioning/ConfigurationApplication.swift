import Foundation
import Records
import Spool

/// Puts a configuration in force, before the stages start: from a systemd credential or the boot partition, checked
/// like `outpost check-config` does.
///
/// What is good replaces the one in force, which is kept as `outpost.yaml.previous`. What is not good changes nothing.
/// A power cut at any moment leaves the old or the new one.
public struct ConfigurationApplication: Sendable {
    private let places: BoxPlaces
    private let disk: any ConfigurationDisk

    public init(in places: BoxPlaces, disk: any ConfigurationDisk = LocalDisk()) {
        (self.places, self.disk) = (places, disk)
    }

    /// Looks for a configuration and puts it in force where there is a new one; writes the ports for systemd and the
    /// packet filter, and ``BoxPlaces/configurationOutcome``.
    ///
    /// - Parameter file: a file that a person names; nil asks the credential and the boot partition.
    public func apply(file: String? = nil) throws(ConfigurationApplicationError) -> ConfigurationOutcome {
        let folder = try ConfigurationFolder(path: places.configurationFolder, dataFolder: places.dataFolder)
        let outcome = try apply(sources(file), in: folder)
        if let settings = try settingsInForce(in: folder) { try writePorts(settings.intake) }
        try writeRuntime(places.configurationOutcome, Self.encoded(places.configurationOutcome) { try outcome.json })
        return outcome
    }

    private func apply(
        _ places: [(source: ConfigurationSource, path: String)], in folder: ConfigurationFolder
    ) throws(ConfigurationApplicationError) -> ConfigurationOutcome {
        let remembered = ConfigurationOrigins(
            json: try folder.read(ConfigurationOrigins.fileName, limit: ConfigurationOrigins.longest) ?? [])
        var origins = remembered
        let inForce = try folder.read(ConfigurationFolder.current, limit: YAMLDocument.maximumBytes)
            .map { Digest(ofData: $0) }
        let isSetAside = try folder.holdsSetAside()
        var refusals: [ConfigurationOutcome.Refusal] = []
        var sawSetAside = false
        for (source, path) in places {
            let candidate: ConfigurationCandidate
            do throws(ConfigurationApplicationError) {
                guard let found = try ConfigurationCandidate(source, path) else { continue }
                candidate = found
            } catch {
                refusals.append(.init(source: source, reasons: [error.description]))
                continue
            }
            switch origins.novelty(of: candidate, inForce: inForce, isSetAside: isSetAside) {
            case .inForce:
                // Seen here too: when another one has come into force, it is no news.
                origins.remember(candidate)
                continue
            case .setAside:
                sawSetAside = true
                continue
            case .replaced: continue
            case .new: break
            }
            let reasons = reasonsAgainst(candidate)
            guard reasons.isEmpty else {
                refusals.append(.init(source: source, reasons: reasons))
                continue
            }
            try folder.replace(
                ConfigurationFolder.current, with: candidate.bytes, keeping: ConfigurationFolder.previous)
            origins.take(candidate)
            try write(origins, in: folder)
            return ConfigurationOutcome(
                .applied, inForce: origins.inForce, refusals: refusals,
                summary: "the configuration from \(source.words) is in force now")
        }
        if origins != remembered { try write(origins, in: folder) }
        return try unchanged(
            inForce.map { .init(sha256: $0, source: origins.source(of: $0)) }, refusals, sawSetAside, folder)
    }

    /// What is said where nothing new is put in force.
    private func unchanged(
        _ inForce: ConfigurationOutcome.InForce?, _ refusals: [ConfigurationOutcome.Refusal],
        _ sawSetAside: Bool, _ folder: ConfigurationFolder
    ) throws(ConfigurationApplicationError) -> ConfigurationOutcome {
        let refused = refusals.map { $0.source.words }.joined(separator: " and ")
        guard let inForce else {
            let why = !refusals.isEmpty
                ? "the configuration from \(refused) cannot be used; mend it as said below"
                : sawSetAside
                    ? "the one that is there was set aside; put a new one there, or the same file once more"
                    : "there is none; put it on the boot partition as outpost/\(BoxPlaces.configurationName)"
            return ConfigurationOutcome(
                .notProvisioned, inForce: nil, refusals: refusals, summary: "not provisioned: \(why)")
        }
        if try settingsInForce(in: folder) == nil {
            return ConfigurationOutcome(
                .unusable, inForce: inForce, refusals: refusals,
                summary: "this version cannot use the configuration in force; "
                    + "`outpost check-config \(places.readConfiguration)` says why")
        }
        guard refusals.isEmpty else {
            return ConfigurationOutcome(
                .refused, inForce: inForce, refusals: refusals,
                summary: "the configuration from \(refused) cannot be used; the one in force stays")
        }
        return ConfigurationOutcome(
            .unchanged, inForce: inForce, summary: "the configuration in force stays; there is no new one")
    }

    /// Where to look, in this order.
    private func sources(_ file: String?) -> [(source: ConfigurationSource, path: String)] {
        if let file { return [(.file, file)] }
        let credential = places.credentialConfiguration.map { [(source: ConfigurationSource.credential, path: $0)] }
        return (credential ?? []) + [(.bootPartition, places.bootConfiguration)]
    }

    private func write(
        _ origins: ConfigurationOrigins, in folder: ConfigurationFolder
    ) throws(ConfigurationApplicationError) {
        try folder.replace(
            ConfigurationOrigins.fileName, with: Self.encoded(ConfigurationOrigins.fileName) { try origins.json })
    }

    /// Why a configuration cannot be put in force; empty where it can. Warnings do not stand in its way.
    private func reasonsAgainst(_ candidate: ConfigurationCandidate) -> [String] {
        let settings: ApplianceConfiguration
        do throws(ConfigurationError) {
            settings = try parse(candidate.bytes, candidate.path)
        } catch {
            return error.issues.map { $0.description(file: error.file) }
        }
        var findings = settings.findings(on: disk).filter { $0.severity == .error }
        if settings.dataFolder != places.dataFolder {
            findings.append(.init(
                .error, "data_folder", "it is \(settings.dataFolder); on this box everything is kept in "
                    + "\(places.dataFolder), on the encrypted partition: write that"))
        }
        return findings.map { "\(candidate.path): \($0.path): \($0.message)" }
    }

    /// The settings in force; nil where there are none or this version cannot use them.
    private func settingsInForce(
        in folder: ConfigurationFolder
    ) throws(ConfigurationApplicationError) -> ApplianceConfiguration? {
        guard let bytes = try folder.read(ConfigurationFolder.current, limit: YAMLDocument.maximumBytes) else {
            return nil
        }
        return try? parse(bytes, places.readConfiguration)
    }

    /// Relative paths mean the same here as for the stages.
    private func parse(_ bytes: [UInt8], _ file: String) throws(ConfigurationError) -> ApplianceConfiguration {
        try ConfigurationFile.parse(
            bytes, file: file,
            folder: URL(fileURLWithPath: places.readConfiguration).deletingLastPathComponent().path)
    }
}

extension ConfigurationApplication {
    private func writePorts(_ intake: ApplianceConfiguration.Intake) throws(ConfigurationApplicationError) {
        let files = PortFiles(intake)
        try writeRuntime(places.socketUnitPorts, Array(files.socketUnit.utf8))
        try writeRuntime(places.packetFilterPorts, Array(files.packetFilter.utf8))
    }

    /// Writes below `/run`, which nobody but root can write to and which no power cut has to survive.
    private func writeRuntime(_ path: String, _ bytes: [UInt8]) throws(ConfigurationApplicationError) {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url, options: .atomic)
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    private static func encoded(
        _ file: String, _ bytes: () throws -> [UInt8]
    ) throws(ConfigurationApplicationError) -> [UInt8] {
        do { return try bytes() } catch { throw .cannotWrite(path: file, reason: "\(error)") }
    }
}
