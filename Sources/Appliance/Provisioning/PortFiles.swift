/// The ports on which this box receives, as those say it that open them: systemd and the packet filter.
///
/// Pure text of a configuration. Every value in it was checked by the schema: addresses are addresses, ports numbers.
struct PortFiles: Equatable {
    /// A drop-in of `outpost-intake.socket` (systemd.socket(5)). The empty assignment takes back what the unit says.
    let socketUnit: String
    /// Commands of nft(8) that fill the set `dicom_ports` of the table `inet outpost`, whether it was filled before or
    /// not: the ruleset lets in what the set holds.
    let packetFilter: String

    init(_ intake: ApplianceConfiguration.Intake) {
        let ports = [intake.port, intake.tls?.port ?? 0].filter { $0 > 0 }
        let address = intake.address.contains(":") ? "[\(intake.address)]" : intake.address
        let listeners = ports.map { "ListenStream=\(address):\($0)\n" }
        socketUnit = """
            # Written by `outpost configuration apply` from the configuration in force.
            [Socket]
            ListenStream=
            \(listeners.joined())
            """
        packetFilter = """
            # Written by `outpost configuration apply` from the configuration in force.
            add table inet outpost
            add set inet outpost dicom_ports { type inet_service; }
            flush set inet outpost dicom_ports
            add element inet outpost dicom_ports { \(ports.map(String.init).joined(separator: ", ")) }

            """
    }
}
