import DICOMNetwork

/// The schema of the configuration file: every key, its range, its default. Written once; the errors, the defaults,
/// the unknown keys and the test of `provisioning/sites/example.yaml` all come from here.
///
/// The reading goes on after an error, so that all of them are reported; hence each function reads everything first
/// and only then looks whether it has all it needs.
enum ConfigurationSchema {
    static let maximumModels = 32
    static let maximumDestinations = 32
    static let maximumCallers = 256
    static let maximumCodes = 64
    static let defaultFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

    static var root: Setting<ApplianceConfiguration> {
        .section("the groups `station`, `intake` and so on") { section in
            let station = section.required("station", station)
            let dataFolder = section.required("data_folder", .path("a folder"))
            let storage = section.optionalSection("storage", storage)
            let intake = section.required("intake", intake)
            let analysis = section.optionalSection("analysis", analysis)
            let destinations = section.optional(
                "destinations",
                .list(
                    of: destination(callingAETitle: intake?.aeTitle), minimum: 0, maximum: maximumDestinations,
                    distinctBy: \.name),
                default: [])
            let board = section.optional("board", .label, absence: "the one that fits the device tree")
            guard let station, let dataFolder, let storage, let intake, let analysis else { return nil }
            return ApplianceConfiguration(
                station: station, dataFolder: dataFolder, storage: storage, intake: intake, analysis: analysis,
                destinations: destinations, board: board)
        }
    }

    private static var station: Setting<ApplianceConfiguration.Station> {
        .section("a group of keys that says which device this is") { section in
            let name = section.required("name", .stationName)
            let language = section.optional(
                "language", .choice(ApplianceConfiguration.Language.self), default: .english, shown: "en")
            guard let name else { return nil }
            return .init(name: name, language: language)
        }
    }

    private static var storage: Setting<ApplianceConfiguration.Storage> {
        .section("a group of keys for the disk") { section in
            let defaults = ApplianceConfiguration.Storage()
            let days = section.optional(
                "retention_days", .integer(in: 0...3650, unit: "days"), default: defaults.retentionDays)
            let below = section.optional(
                "release_below_percent", .integer(in: 1...90, unit: "percent"), default: defaults.releaseBelowPercent)
            let until = section.optional(
                "release_until_percent", .integer(in: 1...95, unit: "percent"), default: defaults.releaseUntilPercent)
            let refuse = section.optional(
                "refuse_below_percent", .integer(in: 1...90, unit: "percent"), default: defaults.refuseBelowPercent)
            if until < below {
                section.report(
                    section.has("release_until_percent") ? "release_until_percent" : "release_below_percent",
                    "`release_until_percent` is \(until) and `release_below_percent` is \(below); "
                        + "expected to release until at least as much is free as starts it")
            }
            if refuse > below {
                section.report(
                    section.has("refuse_below_percent") ? "refuse_below_percent" : "release_below_percent",
                    "`refuse_below_percent` is \(refuse) and `release_below_percent` is \(below); "
                        + "expected room to be made before objects are refused")
            }
            return .init(
                retentionDays: days, releaseBelowPercent: below, releaseUntilPercent: until,
                refuseBelowPercent: refuse)
        }
    }

    private static var intake: Setting<ApplianceConfiguration.Intake> {
        .section("a group of keys for the DICOM receiver") { section in
            let aeTitle = section.required("ae_title", .aeTitle)
            let address = section.optional("address", .address, default: "0.0.0.0")
            let port = section.optional(
                "port", .integer(in: 0...65535), default: StorageListener.registeredPort)
            let tls = section.optional("tls", intakeTLS, absence: "no TLS port")
            let callers = section.optional(
                "calling_ae_titles",
                .list(of: .aeTitle, minimum: 1, maximum: maximumCallers, distinctBy: { $0 }), absence: "anyone")
            let addresses = section.optional(
                "allowed_addresses",
                .list(of: .addressRange, minimum: 1, maximum: maximumCallers, distinctBy: { $0 }), absence: "anywhere")
            let associations = section.optional("maximum_associations", .integer(in: 1...256), default: 32)
            let perAddress = section.optional(
                "maximum_associations_per_address", .integer(in: 1...256),
                default: StorageServerConfiguration.defaultMaximumAssociationsPerPeer)
            let pduLength = section.optional(
                "maximum_pdu_length", .integer(in: 4096...1_048_576),
                default: Int(AcceptorPolicy.defaultMaximumLength))
            let privateClasses = section.optional(
                "private_sop_classes",
                .list(of: .uid, minimum: 0, maximum: maximumCodes, distinctBy: \.value), default: [])
            let peers = section.optional(
                "storage_commitment_peers",
                .list(of: commitmentPeer(aeTitle), minimum: 0, maximum: maximumCallers, distinctBy: \.aeTitle),
                default: [])
            let quiet = section.optional("study_quiet_seconds", .seconds(in: 1...86400), default: 60)
            let artim = section.optional("artim_seconds", .seconds(in: 1...300), default: 30)
            let idle = section.optional("idle_seconds", .seconds(in: 1...3600), default: 60)
            let write = section.optional("write_seconds", .seconds(in: 1...3600), default: 60)
            if port == 0, !section.has("tls") {
                section.report("port", "`intake.port` is 0 and there is no `intake.tls`; nothing could be received")
            }
            guard let aeTitle else { return nil }
            return .init(
                aeTitle: aeTitle, address: address, port: port, tls: tls, callingAETitles: callers,
                allowedAddresses: addresses, maximumAssociations: associations,
                maximumAssociationsPerAddress: perAddress, maximumPDULength: pduLength,
                privateSOPClasses: privateClasses, storageCommitmentPeers: peers, studyQuietSeconds: quiet,
                artimSeconds: artim, idleSeconds: idle, writeSeconds: write)
        }
    }

    private static var intakeTLS: Setting<ApplianceConfiguration.IntakeTLS> {
        .section("a group of keys for DICOM over TLS") { section in
            let port = section.optional("port", .port, default: StorageListener.registeredTLSPort)
            let certificate = section.required("certificate", .pemFile)
            let key = section.required("key", .pemFile)
            let authority = section.optional(
                "client_authority", .pemFile, absence: "callers need no certificate")
            guard let certificate, let key else { return nil }
            return .init(port: port, certificate: certificate, key: key, clientAuthority: authority)
        }
    }

    private static func commitmentPeer(_ aeTitle: String?) -> Setting<ApplianceConfiguration.DICOMPeer> {
        .section("a group of keys for one peer") { dicomPeer($0, aeTitle) }
    }

    private static var analysis: Setting<ApplianceConfiguration.Analysis> {
        .section("a group of keys for the networks") { section in
            let threads = section.optional(
                "threads", .integer(in: 1...64), absence: "all cores but one, or the fast ones where some are slow")
            let memory = section.optional(
                "memory_megabytes", .integer(in: 16...65536, unit: "megabytes"),
                default: ApplianceConfiguration.Analysis.defaultMemoryMegabytes)
            let font = section.optional("font", .path("a TrueType font file"), default: defaultFont)
            let models = section.optional(
                "models", .list(of: model, minimum: 0, maximum: maximumModels), default: [])
            return .init(threads: threads, memoryMegabytes: memory, font: font, models: models)
        }
    }

    private static var model: Setting<ApplianceConfiguration.Model> {
        .section("a group of keys for one network") { section in
            let file = section.required("file", .path("a model file"))
            let modalities = section.required("modalities", codes("a modality such as `DX`"))
            let bodyParts = section.required("body_parts", codes("a body part such as `CHEST`"))
            guard let file, let modalities, let bodyParts else { return nil }
            return .init(file: file, modalities: modalities, bodyParts: bodyParts)
        }
    }

    private static func codes(_ what: String) -> Setting<[String]> {
        .list(of: .code(what), minimum: 1, maximum: maximumCodes, distinctBy: { $0 })
    }

    enum Answer: String, CaseIterable { case yes, no }

    /// The word in the file for each transport.
    enum DestinationKind: String, CaseIterable {
        case dicom, stow
    }

    private static func destination(callingAETitle: String?) -> Setting<ApplianceConfiguration.Destination> {
        .section("a group of keys for one destination") { section in
            let name = section.required("name", .label)
            let transport: ApplianceConfiguration.Transport?
            switch section.required("kind", .choice(DestinationKind.self)) {
            case .dicom:
                let peer = dicomPeer(section, callingAETitle)
                let commitment = section.optional("storage_commitment", .choice(Answer.self), default: .no)
                transport = peer.map { .dicom($0, asksForCommitment: commitment == .yes) }
            case .stow: transport = stowServer(section).map { .stow($0) }
            case nil:
                section.skipUnknownKeys()
                transport = nil
            }
            let send = section.required(
                "send",
                .list(
                    of: .choice(ApplianceConfiguration.Content.self), minimum: 1, maximum: 2,
                    distinctBy: \.rawValue))
            let minimum = section.optional("retry_minimum_seconds", .seconds(in: 1...3600), default: 5)
            let maximum = section.optional("retry_maximum_seconds", .seconds(in: 1...86400), default: 300)
            if maximum < minimum {
                section.report(
                    section.has("retry_maximum_seconds") ? "retry_maximum_seconds" : "retry_minimum_seconds",
                    "`retry_maximum_seconds` is \(maximum) and `retry_minimum_seconds` is \(minimum); "
                        + "expected a maximum that is not below the minimum")
            }
            let connections = section.optional("connections", .integer(in: 1...8), default: 1)
            let rate = section.optional(
                "maximum_kilobytes_per_second", .integer(in: 1...1_000_000), absence: "as fast as it goes")
            let expiry = section.optional(
                "expire_days", .integer(in: 1...3650, unit: "days"), absence: "nothing is ever given up")
            guard let name, let transport, let send else { return nil }
            return .init(
                name: name, transport: transport, send: send, retryMinimumSeconds: minimum,
                retryMaximumSeconds: maximum, connections: connections, maximumKilobytesPerSecond: rate,
                expireDays: expiry)
        }
    }

    private static func dicomPeer(
        _ section: SectionReader, _ intakeAETitle: String?
    ) -> ApplianceConfiguration.DICOMPeer? {
        let host = section.required("host", .host)
        let port = section.required("port", .port)
        let aeTitle = section.required("ae_title", .aeTitle)
        let callingAETitle = section.optional(
            "calling_ae_title", .aeTitle, default: intakeAETitle ?? "", shown: "that of the intake")
        guard let host, let port, let aeTitle else { return nil }
        return .init(host: host, port: port, aeTitle: aeTitle, callingAETitle: callingAETitle)
    }

    private static func stowServer(_ section: SectionReader) -> ApplianceConfiguration.STOWServer? {
        let url = section.required("url", .secureURL)
        let authority = section.required("ca_certificate", .pemFile)
        let certificate = section.required("client_certificate", .pemFile)
        let key = section.required("client_key", .pemFile)
        guard let url, let authority, let certificate, let key else { return nil }
        return .init(url: url, caCertificate: authority, clientCertificate: certificate, clientKey: key)
    }
}
