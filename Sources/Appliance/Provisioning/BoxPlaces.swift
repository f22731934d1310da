import Foundation

/// Where the box keeps what belongs to it as a whole.
///
/// `root` stands before every path, so that a test, or somebody who looks into an image, can work on a folder.
public struct BoxPlaces: Sendable, Equatable {
    /// The credential that holds a configuration (systemd.exec(5), `LoadCredential=`).
    public static let credentialName = "outpost.yaml"
    /// The configuration's name in each place.
    static let configurationName = "outpost.yaml"

    /// Where all paths start; empty for the system itself.
    public var root: String
    /// systemd's `$CREDENTIALS_DIRECTORY`; nil where there is none. The root does not stand before it.
    public var credentialsFolder: String?

    public init(
        root: String = "",
        credentialsFolder: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) {
        self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
        self.credentialsFolder = credentialsFolder
    }

    /// Everything that changes lies below it: the data partition is mounted above.
    public var dataFolder: String { "\(root)/var/lib/outpost" }
    /// The configuration in force, the one before it, and those that were set aside.
    public var configurationFolder: String { "\(dataFolder)/configuration" }
    /// As the stages read it: a link into ``configurationFolder``. Relative paths in a configuration start beside it.
    public var readConfiguration: String { "\(root)/etc/outpost/\(Self.configurationName)" }
    /// Where a technician puts a configuration, with any computer that reads the boot partition.
    public var bootConfiguration: String { "\(root)/boot/outpost/\(Self.configurationName)" }
    var credentialConfiguration: String? { credentialsFolder.map { "\($0)/\(Self.credentialName)" } }

    /// What is true until the next start of the system.
    public var runtimeFolder: String { "\(root)/run/outpost" }
    /// What became of the configuration at this start (``ConfigurationOutcome``).
    public var configurationOutcome: String { "\(runtimeFolder)/configuration.json" }
    /// How the data partition is encrypted (``DataEncryption``).
    public var encryption: String { "\(runtimeFolder)/encryption.json" }
    /// The ports for the packet filter (``PortFiles``).
    var packetFilterPorts: String { "\(runtimeFolder)/ports.nft" }
    /// The ports for the socket unit (``PortFiles``).
    var socketUnitPorts: String { "\(root)/run/systemd/system/outpost-intake.socket.d/ports.conf" }
}
