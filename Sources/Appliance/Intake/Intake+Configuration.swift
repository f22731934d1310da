import DICOM
import DICOMNetwork

extension ApplianceConfiguration.Intake {
    /// The ports: the plain one unless it is switched off, and the one with TLS where there is one.
    ///
    /// - Parameter sockets: ports that are open already; those that are among the configuration's are taken.
    func makeListeners(_ sockets: [ListeningSocket] = []) throws(TLSError) -> [StorageListener] {
        let descriptors = Dictionary(sockets.map { ($0.port, $0.descriptor) }) { first, _ in first }
        var listeners: [StorageListener] = []
        if port != 0 {
            listeners.append(StorageListener(host: address, port: port, descriptor: descriptors[port]))
        }
        if let tls {
            let identity = try TLSIdentity(
                TLSFiles(certificate: tls.certificate, key: tls.key, authority: tls.clientAuthority))
            listeners.append(StorageListener(
                host: address, port: tls.port, tls: identity, descriptor: descriptors[tls.port]))
        }
        return listeners
    }

    var acceptorPolicy: AcceptorPolicy {
        AcceptorPolicy(
            calledAETitle: aeTitle, callingAETitles: callingAETitles.map(Set.init),
            allowedAddresses: allowedAddresses.map { $0.compactMap { AddressRange($0) } },
            offersStorageCommitment: true, takesCommitmentReports: true, additionalSOPClasses: Set(privateSOPClasses),
            maximumLength: UInt32(maximumPDULength))
    }
}

extension [ApplianceConfiguration.DICOMPeer] {
    /// By AE title.
    var remoteApplicationEntities: [String: RemoteApplicationEntity] {
        Dictionary(map { ($0.aeTitle, $0.remoteApplicationEntity) }) { first, _ in first }
    }
}

extension ApplianceConfiguration.DICOMPeer {
    var remoteApplicationEntity: RemoteApplicationEntity {
        RemoteApplicationEntity(host: host, port: port, calledAETitle: aeTitle, callingAETitle: callingAETitle)
    }
}
