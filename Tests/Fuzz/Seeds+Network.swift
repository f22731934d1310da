import DICOM
import DICOMNetwork
import Foundation
import NIOCore

extension Seeds {
    private static let ct = UID(known: "1.2.840.10008.5.1.4.1.1.2")

    private static func encoded(_ pdu: PDU) -> [UInt8] {
        PDUEncoder.encode(pdu).flatMap { Array($0.readableBytesView) }
    }

    private static var request: AssociateRequest {
        AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "FUZZ",
            presentationContexts: [
                .init(id: 1, abstractSyntax: ct, transferSyntaxes: [.explicitVRLittleEndian, .jpeg2000]),
                .init(
                    id: 3, abstractSyntax: SOPClass.storageCommitmentPushModel,
                    transferSyntaxes: [.implicitVRLittleEndian]),
            ],
            userInformation: UserInformation(
                maximumLength: 16_384, asynchronousOperations: .init(invoked: 2, performed: 2),
                roleSelections: [
                    .init(sopClassUID: ct, isSCU: true, isSCP: true),
                    .init(sopClassUID: SOPClass.storageCommitmentPushModel, isSCU: false, isSCP: true),
                ],
                extendedNegotiations: [.bitPreservingStorage(ct)]))
    }

    private static func data(_ bytes: [UInt8], isCommand: Bool) -> PDU {
        .data([.init(contextID: 1, isCommand: isCommand, isLast: true, bytes: ByteBuffer(bytes: bytes))])
    }

    private static var store: Command {
        .storeRequest(messageID: 1, sopClassUID: ct, sopInstanceUID: UID(known: "1.2.3"))
    }

    static func commands() -> [[UInt8]] {
        let report = StorageCommitmentReport(transactionUID: UID(known: "1.2.3"), committed: [], failed: [])
        let commands: [Command] = [
            store, .echoRequest(messageID: 2), .storageCommitmentRequest(messageID: 3),
            .storageCommitmentReport(report, messageID: 4),
        ]
        return commands.map(\.encoded)
    }

    static func pdus() -> [[UInt8]] {
        let accept = try? AcceptorPolicy().answer(request, from: "127.0.0.1")
        let pdus: [PDU] = [
            .associateRequest(request), .associateReject(.localLimitExceeded), data(store.encoded, isCommand: true),
            .releaseRequest, .releaseReply, .abort(.byUser),
        ]
        return (pdus + (accept.map { [.associateAccept($0)] } ?? [])).map(encoded)
    }

    static func associations() -> [[UInt8]] {
        let opening = encoded(.associateRequest(request))
        let object = encoded(data(store.encoded, isCommand: true)) + encoded(data([8, 0, 5, 0], isCommand: false))
        let release = encoded(.releaseRequest)
        return [opening + object + release, opening + release, opening + object + encoded(.abort(.byUser))]
    }
}
