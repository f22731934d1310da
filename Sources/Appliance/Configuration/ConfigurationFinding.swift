/// Something on this device that does not go with the configuration.
public struct ConfigurationFinding: Sendable, Equatable, Codable {
    public enum Severity: String, Sendable, Codable {
        /// The service would not work.
        case error
        /// It would, but not as it should.
        case warning
    }

    public var severity: Severity
    /// The key's path, as in ``ConfigurationIssue/path``.
    public var path: String
    public var message: String

    public init(_ severity: Severity, _ path: String, _ message: String) {
        self.severity = severity
        self.path = path
        self.message = message
    }
}

extension ApplianceConfiguration {
    /// Looks whether the files that the configuration names are there and fit to use. Parsing never does, so that a
    /// configuration can be checked on another machine.
    public func findings(on disk: some ConfigurationDisk) -> [ConfigurationFinding] {
        var findings = folderFindings(disk)
        findings += readable("analysis.font", analysis.font, disk)
        for (index, model) in analysis.models.enumerated() {
            findings += readable("analysis.models[\(index + 1)].file", model.file, disk)
        }
        if let tls = intake.tls {
            findings += pem("intake.tls.certificate", tls.certificate, "CERTIFICATE", disk)
            findings += privateKey("intake.tls.key", tls.key, disk)
            if let authority = tls.clientAuthority {
                findings += pem("intake.tls.client_authority", authority, "CERTIFICATE", disk)
            }
        }
        for (index, destination) in destinations.enumerated() {
            guard case .stow(let server) = destination.transport else { continue }
            let path = "destinations[\(index + 1)]"
            findings += pem("\(path).ca_certificate", server.caCertificate, "CERTIFICATE", disk)
            findings += pem("\(path).client_certificate", server.clientCertificate, "CERTIFICATE", disk)
            findings += privateKey("\(path).client_key", server.clientKey, disk)
        }
        return findings
    }

    private func folderFindings(_ disk: some ConfigurationDisk) -> [ConfigurationFinding] {
        let path = "data_folder"
        guard let entry = disk.entry(at: dataFolder) else {
            return [.init(
                .error, path, "the data folder \(dataFolder) does not exist (or this user may not look into the "
                    + "folder above it); make it and give it to the service's user")]
        }
        guard entry.kind == .folder else { return [.init(.error, path, "\(dataFolder) is not a folder")] }
        guard disk.isWritable(dataFolder) else {
            return [.init(
                .error, path, "this user may not write into the data folder \(dataFolder); run the check as the "
                    + "service's user, or give it the folder")]
        }
        return []
    }

    private func readable(
        _ path: String, _ file: String, _ disk: some ConfigurationDisk
    ) -> [ConfigurationFinding] {
        guard let entry = disk.entry(at: file) else {
            return [.init(.error, path, "the file \(file) does not exist (or this user may not look into its folder)")]
        }
        guard entry.kind == .file else { return [.init(.error, path, "\(file) is not a file")] }
        guard disk.isReadable(file) else { return [.init(.error, path, "this user may not read \(file)")] }
        guard entry.lengthBytes > 0 else { return [.init(.error, path, "the file \(file) is empty")] }
        return []
    }

    private func privateKey(
        _ path: String, _ file: String, _ disk: some ConfigurationDisk
    ) -> [ConfigurationFinding] {
        var findings = pem(path, file, "PRIVATE KEY", disk)
        if let mode = disk.entry(at: file)?.permissions, mode & 0o007 != 0 {
            findings.append(.init(
                .warning, path,
                "every user can read the private key \(file); mend it with `chmod 640 \(file)`"))
        }
        return findings
    }

    /// Only the label is looked at (RFC 7468 section 2): enough to catch two files taken for each other.
    private func pem(
        _ path: String, _ file: String, _ label: String, _ disk: some ConfigurationDisk
    ) -> [ConfigurationFinding] {
        if let credential = Credential(file) {
            return [.init(
                .warning, path, "the credential \(credential.name) is handed to the unit alone, so nobody else can see "
                    + "whether it is there; look with `systemd-creds list` and `outpost status` once the unit runs")]
        }
        let findings = readable(path, file, disk)
        guard findings.isEmpty else { return findings }
        // Keys are `PRIVATE KEY`, `EC PRIVATE KEY`, `RSA PRIVATE KEY`.
        let isThere = disk.beginning(of: file).split(separator: "\n").contains {
            $0.hasPrefix("-----BEGIN ") && $0.contains("\(label)-----")
        }
        if isThere { return [] }
        return [.init(.error, path, "\(file) is not a PEM file with a line `-----BEGIN \(label)-----`")]
    }
}
