import Delivery
import DICOMNetwork

extension ApplianceConfiguration.Destination {
    /// The transport that these settings ask for.
    func makeDestination() throws -> any Delivery.Destination {
        switch transport {
        case .dicom(let peer):
            DICOMStorageDestination(
                name: name,
                peer: RemoteApplicationEntity(
                    host: peer.host, port: peer.port, calledAETitle: peer.aeTitle, callingAETitle: peer.callingAETitle))
        case .stow(let server):
            STOWDestination(try STOWSettings(
                name: name, url: server.url, caCertificatePath: server.caCertificate,
                clientCertificatePath: server.clientCertificate, clientKeyPath: server.clientKey))
        }
    }
}
