import DICOM

/// What a receiver agrees to when an association is proposed. Pure: a request in, an answer out.
public struct AcceptorPolicy: Sendable {
    /// The title that callers must use; nil accepts any.
    public var calledAETitle: String?
    /// The titles that may call; nil accepts any.
    public var callingAETitles: Set<String>?
    /// The addresses that may call; nil accepts any.
    public var allowedAddresses: [AddressRange]?
    /// Whether storage commitment is offered (PS3.4 annex J).
    public var offersStorageCommitment: Bool
    /// Whether peers may report on the storage commitments that this device asked them for, on associations that they
    /// open (PS3.4 J.3.3).
    public var takesCommitmentReports: Bool
    /// Abstract syntaxes beside Verification and the standard's storage SOP classes: private and retired ones of a
    /// site.
    public var additionalSOPClasses: Set<UID>
    public var transferSyntaxes: Set<TransferSyntax>
    /// Advertised longest P-DATA-TF, in bytes. Large images move nearly twice as fast at 128 KiB as at 16 KiB.
    public var maximumLength: UInt32

    public static let defaultMaximumLength: UInt32 = 128 * 1024

    public init(
        calledAETitle: String? = nil, callingAETitles: Set<String>? = nil,
        allowedAddresses: [AddressRange]? = nil, offersStorageCommitment: Bool = false,
        takesCommitmentReports: Bool = false, additionalSOPClasses: Set<UID> = [],
        transferSyntaxes: Set<TransferSyntax> = Set(TransferSyntax.readable),
        maximumLength: UInt32 = AcceptorPolicy.defaultMaximumLength
    ) {
        self.calledAETitle = calledAETitle
        self.callingAETitles = callingAETitles
        self.allowedAddresses = allowedAddresses
        self.offersStorageCommitment = offersStorageCommitment
        self.takesCommitmentReports = takesCommitmentReports
        self.additionalSOPClasses = additionalSOPClasses
        self.transferSyntaxes = transferSyntaxes
        self.maximumLength = maximumLength
    }

    /// Accepts with an answer to each proposed context, or says why not.
    ///
    /// - Parameter peerAddress: the caller's IP address as text.
    public func answer(
        _ request: AssociateRequest, from peerAddress: String
    ) throws(AssociationRefusal) -> AssociateAccept {
        guard request.protocolVersion & 1 == 1 else { throw .protocolVersionNotSupported }
        guard request.applicationContext == dicomApplicationContext.value else {
            throw .applicationContextNotSupported
        }
        if let calledAETitle, calledAETitle != request.calledAETitle {
            throw .calledAETitleNotRecognized(request.calledAETitle)
        }
        if let callingAETitles, !callingAETitles.contains(request.callingAETitle) {
            throw .callingAETitleNotRecognized(request.callingAETitle)
        }
        if let allowedAddresses, !allowedAddresses.contains(where: { $0.contains(peerAddress) }) {
            throw .addressNotAllowed(peerAddress)
        }
        let contexts = request.presentationContexts.map { answer($0, roles: request.userInformation.roleSelections) }
        return AssociateAccept(
            calledAETitle: request.calledAETitle, callingAETitle: request.callingAETitle,
            presentationContexts: contexts, userInformation: answer(request, contexts))
    }

    /// An item is returned only for what the requestor negotiates (PS3.7 D.3.3).
    private func answer(_ request: AssociateRequest, _ contexts: [PresentationContextResult]) -> UserInformation {
        let acceptedIDs = Set(contexts.filter { $0.result == .acceptance }.map(\.id))
        let accepted = Set(request.presentationContexts.filter { acceptedIDs.contains($0.id) }.map(\.abstractSyntax))
        let proposed = request.userInformation
        return UserInformation(
            maximumLength: maximumLength,
            asynchronousOperations: proposed.asynchronousOperations.map { _ in
                AsynchronousOperationsWindow(invoked: 1, performed: 1)
            },
            roleSelections: proposed.roleSelections.filter { accepted.contains($0.sopClassUID) }.map(agreed),
            extendedNegotiations: proposed.extendedNegotiations.map(\.sopClassUID)
                .filter { accepted.contains($0) && storesSOPClass($0) }.map { .bitPreservingStorage($0) })
    }

    /// Which of the roles that the requestor wants it may have (PS3.7 D.3.3.4). It may be the user that it is by
    /// default; a provider is only wanted of storage commitment, where it is the one that reports.
    private func agreed(_ proposed: RoleSelection) -> RoleSelection {
        guard proposed.sopClassUID == SOPClass.storageCommitmentPushModel else {
            return RoleSelection(sopClassUID: proposed.sopClassUID, isSCU: proposed.isSCU, isSCP: false)
        }
        return RoleSelection(
            sopClassUID: proposed.sopClassUID, isSCU: proposed.isSCU && offersStorageCommitment,
            isSCP: proposed.isSCP && takesCommitmentReports)
    }

    private func answer(
        _ context: PresentationContextProposal, roles: [RoleSelection]
    ) -> PresentationContextResult {
        let fallback = context.transferSyntaxes.first ?? .implicitVRLittleEndian
        guard accepts(context.abstractSyntax, roles) else {
            return .init(id: context.id, result: .abstractSyntaxNotSupported, transferSyntax: fallback)
        }
        // The proposer's order: a sender that must convert to another syntax is slower and may lose something.
        guard let syntax = context.transferSyntaxes.first(where: transferSyntaxes.contains) else {
            return .init(id: context.id, result: .transferSyntaxesNotSupported, transferSyntax: fallback)
        }
        return .init(id: context.id, result: .acceptance, transferSyntax: syntax)
    }

    private func accepts(_ abstractSyntax: UID, _ roles: [RoleSelection]) -> Bool {
        guard abstractSyntax == SOPClass.storageCommitmentPushModel else {
            return abstractSyntax == SOPClass.verification || storesSOPClass(abstractSyntax)
        }
        guard let proposed = roles.first(where: { $0.sopClassUID == abstractSyntax }) else {
            return offersStorageCommitment  // Who does not say is the user.
        }
        let agreed = agreed(proposed)
        return agreed.isSCU || agreed.isSCP
    }

    private func storesSOPClass(_ uid: UID) -> Bool {
        SOPClass.isStandardStorage(uid) || additionalSOPClasses.contains(uid)
    }
}

/// A presentation context that both sides agreed to.
public struct AcceptedContext: Sendable, Equatable, Hashable {
    public var id: UInt8
    public var abstractSyntax: UID
    public var transferSyntax: TransferSyntax
    /// What the requestor of the association may be (PS3.7 D.3.3.4); nil where it was not negotiated, which means SCU.
    public var requestorRoles: RoleSelection?

    public init(
        id: UInt8, abstractSyntax: UID, transferSyntax: TransferSyntax, requestorRoles: RoleSelection? = nil
    ) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntax = transferSyntax
        self.requestorRoles = requestorRoles
    }

    /// The accepted contexts of an answer, by ID. An answer may only choose from what was proposed; what it invents is
    /// left out.
    public static func agreed(_ request: AssociateRequest, _ accept: AssociateAccept) -> [UInt8: AcceptedContext] {
        var agreed: [UInt8: AcceptedContext] = [:]
        let proposals = Dictionary(request.presentationContexts.map { ($0.id, $0) }) { first, _ in first }
        for answer in accept.presentationContexts where answer.result == .acceptance {
            guard let proposal = proposals[answer.id], proposal.transferSyntaxes.contains(answer.transferSyntax) else {
                continue
            }
            agreed[answer.id] = AcceptedContext(
                id: answer.id, abstractSyntax: proposal.abstractSyntax, transferSyntax: answer.transferSyntax,
                requestorRoles: roles(proposal.abstractSyntax, request.userInformation, accept.userInformation))
        }
        return agreed
    }

    private static func roles(
        _ sopClass: UID, _ proposed: UserInformation, _ answered: UserInformation
    ) -> RoleSelection? {
        guard let proposal = proposed.roleSelections.first(where: { $0.sopClassUID == sopClass }),
            let answer = answered.roleSelections.first(where: { $0.sopClassUID == sopClass })
        else { return nil }
        return RoleSelection(
            sopClassUID: sopClass, isSCU: proposal.isSCU && answer.isSCU, isSCP: proposal.isSCP && answer.isSCP)
    }
}
