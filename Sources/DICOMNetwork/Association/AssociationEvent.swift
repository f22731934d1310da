/// The events of the upper layer state machine (PS3.8 table 9-10, rows), with what each brings along.
public enum AssociationEvent: Sendable, Equatable {
    /// Evt1: A-ASSOCIATE request primitive of the local user.
    case associateRequestPrimitive(AssociateRequest)
    /// Evt2: the transport connection that was asked for exists.
    case transportConnected
    /// Evt3.
    case associateAcceptPDU(AssociateAccept)
    /// Evt4.
    case associateRejectPDU(AssociateReject)
    /// Evt5: a peer connected.
    case transportConnectionIndication
    /// Evt6.
    case associateRequestPDU(AssociateRequest)
    /// Evt7: A-ASSOCIATE response primitive, accept.
    case acceptPrimitive(AssociateAccept)
    /// Evt8: A-ASSOCIATE response primitive, reject.
    case rejectPrimitive(AssociateReject)
    /// Evt9: P-DATA request primitive.
    case dataPrimitive([PresentationDataValue])
    /// Evt10.
    case dataPDU([PresentationDataValue])
    /// Evt11: A-RELEASE request primitive.
    case releaseRequestPrimitive
    /// Evt12.
    case releaseRequestPDU
    /// Evt13.
    case releaseReplyPDU
    /// Evt14: A-RELEASE response primitive.
    case releaseResponsePrimitive
    /// Evt15: A-ABORT request primitive.
    case abortPrimitive
    /// Evt16.
    case abortPDU(Abort)
    /// Evt17: the transport connection closed.
    case transportClosed
    /// Evt18: the Association Request/Reject/Release Timer expired.
    case artimExpired
    /// Evt19: unrecognized or invalid PDU.
    case invalidPDU(PDUError)

    /// An event without what it brings: a row of the table.
    public enum Kind: Int, Sendable, CaseIterable {
        case evt1 = 1, evt2, evt3, evt4, evt5, evt6, evt7, evt8, evt9, evt10
        case evt11, evt12, evt13, evt14, evt15, evt16, evt17, evt18, evt19
    }

    public var kind: Kind {
        switch self {
        case .associateRequestPrimitive: .evt1
        case .transportConnected: .evt2
        case .associateAcceptPDU: .evt3
        case .associateRejectPDU: .evt4
        case .transportConnectionIndication: .evt5
        case .associateRequestPDU: .evt6
        case .acceptPrimitive: .evt7
        case .rejectPrimitive: .evt8
        case .dataPrimitive: .evt9
        case .dataPDU: .evt10
        case .releaseRequestPrimitive: .evt11
        case .releaseRequestPDU: .evt12
        case .releaseReplyPDU: .evt13
        case .releaseResponsePrimitive: .evt14
        case .abortPrimitive: .evt15
        case .abortPDU: .evt16
        case .transportClosed: .evt17
        case .artimExpired: .evt18
        case .invalidPDU: .evt19
        }
    }

    /// The event that the arrival of `pdu` is.
    public init(_ pdu: PDU) {
        self =
            switch pdu {
            case .associateRequest(let request): .associateRequestPDU(request)
            case .associateAccept(let accept): .associateAcceptPDU(accept)
            case .associateReject(let reject): .associateRejectPDU(reject)
            case .data(let values): .dataPDU(values)
            case .releaseRequest: .releaseRequestPDU
            case .releaseReply: .releaseReplyPDU
            case .abort(let abort): .abortPDU(abort)
            }
    }
}

/// What the upper layer tells its user (PS3.8 chapter 7).
public enum AssociationIndication: Sendable, Equatable {
    /// A-ASSOCIATE indication; answer with accept or reject.
    case associate(AssociateRequest)
    /// A-ASSOCIATE confirmation.
    case accepted(AssociateAccept)
    case rejected(AssociateReject)
    case data([PresentationDataValue])
    /// A-RELEASE indication; answer with a release response.
    case release
    case releaseConfirmed
    /// A-ABORT, or A-P-ABORT that the peer's provider sent.
    case aborted(Abort)
    /// A-P-ABORT of this side: the connection was lost or the peer broke the protocol.
    case providerAborted
}

/// What the machine wants done, in order.
public enum AssociationEffect: Sendable, Equatable {
    case connectTransport
    case send(PDU)
    case indicate(AssociationIndication)
    /// Starts the ARTIM timer, or starts it again.
    case startARTIM
    case stopARTIM
    case closeTransport
}
