import DICOMNetwork
import Delivery

extension ApplianceConfiguration.Destination {
    /// The transport that these settings ask for.
    func makeDestination() throws -> any Delivery.Destination {
        switch transport {
        case .dicom(let peer, _):
            DICOMStorageDestination(name: name, peer: peer.remoteApplicationEntity)
        case .stow(let server):
            STOWDestination(try STOWSettings(
                name: name, url: server.url, caCertificatePath: server.caCertificate,
                clientCertificatePath: server.clientCertificate, clientKeyPath: server.clientKey))
        }
    }

    /// A hub is one that is spoken to over DICOMweb; all others are archives.
    var isHub: Bool {
        if case .stow = transport { true } else { false }
    }

    /// The peer that is asked for storage commitment of what it was sent; nil where none is.
    var commitmentPeer: RemoteApplicationEntity? {
        guard case .dicom(let peer, asksForCommitment: true) = transport else { return nil }
        return peer.remoteApplicationEntity
    }
}
