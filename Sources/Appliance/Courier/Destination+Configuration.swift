import Delivery

extension ApplianceConfiguration.Destination {
    /// The transport that these settings ask for.
    func makeDestination() throws -> any Delivery.Destination {
        switch transport {
        case .dicom(let peer):
            DICOMStorageDestination(name: name, peer: peer.remoteApplicationEntity)
        case .stow(let server):
            STOWDestination(try STOWSettings(
                name: name, url: server.url, caCertificatePath: server.caCertificate,
                clientCertificatePath: server.clientCertificate, clientKeyPath: server.clientKey))
        }
    }
}
