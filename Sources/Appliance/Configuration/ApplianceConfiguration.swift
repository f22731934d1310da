import DICOM

/// What one configuration file says, checked and with every default filled in.
///
/// A plain value: it names files but has looked at none of them (see ``findings(on:)``). Every path in it is absolute
/// if the folder given to ``ConfigurationFile/parse(_:file:folder:)`` was.
public struct ApplianceConfiguration: Sendable, Equatable, Codable {
    public var station: Station
    /// Where images, results and queues are kept.
    public var dataFolder: String
    public var storage: Storage
    public var intake: Intake
    public var analysis: Analysis
    /// In the order of the file; names are unique. Empty: results stay on this device.
    public var destinations: [Destination]
    /// The name of the board's file: 1 to 32 of `a-z`, `0-9` and `-`; nil: the one that fits the device tree.
    public var board: String?

    public init(
        station: Station, dataFolder: String, storage: Storage = Storage(), intake: Intake, analysis: Analysis,
        destinations: [Destination], board: String? = nil
    ) {
        self.station = station
        self.dataFolder = dataFolder
        self.storage = storage
        self.intake = intake
        self.analysis = analysis
        self.destinations = destinations
        self.board = board
    }

    public struct Station: Sendable, Equatable, Codable {
        /// 1 to 16 printable ASCII characters without backslash: fits Station Name (0008,1010), VR SH (PS3.5 6.2).
        public var name: String
        /// Of the sentences in results; logs are English.
        public var language: Language

        public init(name: String, language: Language) {
            self.name = name
            self.language = language
        }
    }

    public enum Language: String, Sendable, Codable, CaseIterable {
        case english = "en"
        case ukrainian = "uk"
    }

    /// What becomes of objects that have arrived wherever they were to go, as the disk fills.
    public struct Storage: Sendable, Equatable, Codable {
        /// They are kept at least so long; 0 to 3650.
        public var retentionDays: Int
        /// The oldest are given up while less than this is free of the disk, in percent; 1 to 90.
        public var releaseBelowPercent: Int
        /// ... until so much is free; `releaseBelowPercent` to 95.
        public var releaseUntilPercent: Int
        /// With less than this free, modalities are told to come back later; 1 to `releaseBelowPercent`.
        public var refuseBelowPercent: Int

        public init(
            retentionDays: Int = 7, releaseBelowPercent: Int = 20, releaseUntilPercent: Int = 30,
            refuseBelowPercent: Int = 5
        ) {
            self.retentionDays = retentionDays
            self.releaseBelowPercent = releaseBelowPercent
            self.releaseUntilPercent = releaseUntilPercent
            self.refuseBelowPercent = refuseBelowPercent
        }
    }

    /// The DICOM receiver.
    public struct Intake: Sendable, Equatable, Codable {
        /// VR AE (PS3.5 6.2), without leading or trailing spaces.
        public var aeTitle: String
        /// An IPv4 or IPv6 address of this machine; `0.0.0.0` is every IPv4 one.
        public var address: String
        /// 1 to 65535; 0 where there is no plain port, and then there is a TLS port.
        public var port: Int
        /// Nil: no TLS port.
        public var tls: IntakeTLS?
        /// Who may call; nil: anyone. Never empty.
        public var callingAETitles: [String]?
        /// From where they may call, as `AddressRange` reads it; nil: anywhere. Never empty.
        public var allowedAddresses: [String]?
        /// 1 to 256.
        public var maximumAssociations: Int
        /// 1 to 256.
        public var maximumAssociationsPerAddress: Int
        /// Of P-DATA PDUs, as it is advertised (PS3.8 D.1), in bytes; 4096 to 1048576.
        public var maximumPDULength: Int
        /// Storage SOP classes beside the standard's.
        public var privateSOPClasses: [UID]
        /// Who gets the reports of storage commitments on a connection of their own. Titles are unique.
        public var storageCommitmentPeers: [DICOMPeer]
        /// A study is complete when nothing has come for it for so long; 1 to 86400.
        public var studyQuietSeconds: Int
        /// The ARTIM timer (PS3.8 9.1.5): how long a caller may take to ask for an association; 1 to 300.
        public var artimSeconds: Int
        /// How long an open association may be silent; 1 to 3600.
        public var idleSeconds: Int
        /// How long a caller may take to read an answer; 1 to 3600.
        public var writeSeconds: Int

        public init(
            aeTitle: String, address: String, port: Int, tls: IntakeTLS?, callingAETitles: [String]?,
            allowedAddresses: [String]?, maximumAssociations: Int, maximumAssociationsPerAddress: Int,
            maximumPDULength: Int, privateSOPClasses: [UID], storageCommitmentPeers: [DICOMPeer],
            studyQuietSeconds: Int, artimSeconds: Int, idleSeconds: Int, writeSeconds: Int
        ) {
            self.aeTitle = aeTitle
            self.address = address
            self.port = port
            self.tls = tls
            self.callingAETitles = callingAETitles
            self.allowedAddresses = allowedAddresses
            self.maximumAssociations = maximumAssociations
            self.maximumAssociationsPerAddress = maximumAssociationsPerAddress
            self.maximumPDULength = maximumPDULength
            self.privateSOPClasses = privateSOPClasses
            self.storageCommitmentPeers = storageCommitmentPeers
            self.studyQuietSeconds = studyQuietSeconds
            self.artimSeconds = artimSeconds
            self.idleSeconds = idleSeconds
            self.writeSeconds = writeSeconds
        }
    }

    /// DICOM over TLS (PS3.15 B.12).
    public struct IntakeTLS: Sendable, Equatable, Codable {
        /// 1 to 65535.
        public var port: Int
        /// PEM files.
        public var certificate: String
        public var key: String
        /// Who signed the certificates of those that may call; nil asks them for none.
        public var clientAuthority: String?

        public init(port: Int, certificate: String, key: String, clientAuthority: String?) {
            self.port = port
            self.certificate = certificate
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    public struct Analysis: Sendable, Equatable, Codable {
        /// 1 to 64; nil for as many as the processor suggests.
        public var threads: Int?
        /// What one network may take, its weights and a run together; 16 to 65536, in units of 1048576 bytes.
        public var memoryMegabytes: Int
        /// A TrueType file, for the text in result images.
        public var font: String
        /// Empty: images are stored and forwarded only.
        public var models: [Model]

        public static let defaultMemoryMegabytes = 1_024

        public init(
            threads: Int? = nil, memoryMegabytes: Int = defaultMemoryMegabytes, font: String, models: [Model]
        ) {
            self.threads = threads
            self.memoryMegabytes = memoryMegabytes
            self.font = font
            self.models = models
        }
    }

    /// A network and the images it is meant for.
    public struct Model: Sendable, Equatable, Codable {
        public var file: String
        /// Values of Modality (0008,0060), VR CS, upper case, at least one.
        public var modalities: [String]
        /// Values of Body Part Examined (0018,0015), VR CS, upper case, at least one.
        public var bodyParts: [String]

        public init(file: String, modalities: [String], bodyParts: [String]) {
            self.file = file
            self.modalities = modalities
            self.bodyParts = bodyParts
        }
    }

    /// Where objects are sent.
    public struct Destination: Sendable, Equatable, Codable {
        /// 1 to 32 of `a-z`, `0-9` and `-`; unique.
        public var name: String
        public var transport: Transport
        /// At least one; none twice.
        public var send: [Content]
        /// The first pause after a failure; it doubles up to `retryMaximumSeconds`. 1 to 3600.
        public var retryMinimumSeconds: Int
        /// `retryMinimumSeconds` to 86400.
        public var retryMaximumSeconds: Int
        /// 1 to 8.
        public var connections: Int
        /// Over all connections together; nil: no limit. 1 to 1000000.
        public var maximumKilobytesPerSecond: Int?
        /// Days after which an object that has not arrived is given up; nil: never. 1 to 3650.
        public var expireDays: Int?

        public init(
            name: String, transport: Transport, send: [Content], retryMinimumSeconds: Int, retryMaximumSeconds: Int,
            connections: Int = 1, maximumKilobytesPerSecond: Int? = nil, expireDays: Int? = nil
        ) {
            self.name = name
            self.transport = transport
            self.send = send
            self.retryMinimumSeconds = retryMinimumSeconds
            self.retryMaximumSeconds = retryMaximumSeconds
            self.connections = connections
            self.maximumKilobytesPerSecond = maximumKilobytesPerSecond
            self.expireDays = expireDays
        }
    }

    public enum Content: String, Sendable, Codable, CaseIterable {
        case results, images
    }

    public enum Transport: Sendable, Equatable, Codable {
        /// - Parameter asksForCommitment: whether the peer is asked for storage commitment of what it was sent.
        case dicom(DICOMPeer, asksForCommitment: Bool)
        case stow(STOWServer)
    }

    /// A DICOM application entity elsewhere.
    public struct DICOMPeer: Sendable, Equatable, Codable {
        /// A host name or an address.
        public var host: String
        /// 1 to 65535.
        public var port: Int
        public var aeTitle: String
        /// How this device calls itself there.
        public var callingAETitle: String

        public init(host: String, port: Int, aeTitle: String, callingAETitle: String) {
            self.host = host
            self.port = port
            self.aeTitle = aeTitle
            self.callingAETitle = callingAETitle
        }
    }

    /// A STOW-RS service (PS3.18 10.5) over TLS with certificates on both sides.
    public struct STOWServer: Sendable, Equatable, Codable {
        /// https, with a host, without user, password, query or fragment.
        public var url: String
        /// PEM files.
        public var caCertificate: String
        public var clientCertificate: String
        public var clientKey: String

        public init(url: String, caCertificate: String, clientCertificate: String, clientKey: String) {
            self.url = url
            self.caCertificate = caCertificate
            self.clientCertificate = clientCertificate
            self.clientKey = clientKey
        }
    }
}
