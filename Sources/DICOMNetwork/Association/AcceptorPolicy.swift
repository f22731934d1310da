import DICOM

/// What a receiver agrees to when an association is proposed. Pure: a request in, an answer out.
public struct AcceptorPolicy: Sendable {
    /// The title that callers must use; nil accepts any.
    public var calledAETitle: String?
    /// The titles that may call; nil accepts any.
    public var callingAETitles: Set<String>?
    /// Abstract syntaxes beside Verification and the standard's storage SOP classes: private and retired ones of a
    /// site.
    public var additionalSOPClasses: Set<UID>
    public var transferSyntaxes: Set<TransferSyntax>
    /// Advertised longest P-DATA-TF, in bytes. Large images move nearly twice as fast at 128 KiB as at 16 KiB.
    public var maximumLength: UInt32

    public static let defaultMaximumLength: UInt32 = 128 * 1024

    public init(
        calledAETitle: String? = nil, callingAETitles: Set<String>? = nil, additionalSOPClasses: Set<UID> = [],
        transferSyntaxes: Set<TransferSyntax> = Set(TransferSyntax.readable),
        maximumLength: UInt32 = AcceptorPolicy.defaultMaximumLength
    ) {
        self.calledAETitle = calledAETitle
        self.callingAETitles = callingAETitles
        self.additionalSOPClasses = additionalSOPClasses
        self.transferSyntaxes = transferSyntaxes
        self.maximumLength = maximumLength
    }

    /// Accepts with an answer to each proposed context, or says why not.
    public func answer(_ request: AssociateRequest) throws(AssociateReject) -> AssociateAccept {
        guard request.applicationContext == dicomApplicationContext.value else {
            throw .applicationContextNotSupported
        }
        if let calledAETitle, calledAETitle != request.calledAETitle { throw .calledAETitleNotRecognized }
        if let callingAETitles, !callingAETitles.contains(request.callingAETitle) {
            throw .callingAETitleNotRecognized
        }
        return AssociateAccept(
            calledAETitle: request.calledAETitle, callingAETitle: request.callingAETitle,
            presentationContexts: request.presentationContexts.map(answer),
            userInformation: UserInformation(
                maximumLength: maximumLength,
                // Returned only to who negotiates it (PS3.7 D.3.3.3.2); absent means the same.
                asynchronousOperations: request.userInformation.asynchronousOperations.map { _ in
                    AsynchronousOperationsWindow(invoked: 1, performed: 1)
                }))
    }

    private func answer(_ context: PresentationContextProposal) -> PresentationContextResult {
        let fallback = context.transferSyntaxes.first ?? .implicitVRLittleEndian
        guard accepts(context.abstractSyntax) else {
            return .init(id: context.id, result: .abstractSyntaxNotSupported, transferSyntax: fallback)
        }
        // The proposer's order: a sender that must convert to another syntax is slower and may lose something.
        guard let syntax = context.transferSyntaxes.first(where: transferSyntaxes.contains) else {
            return .init(id: context.id, result: .transferSyntaxesNotSupported, transferSyntax: fallback)
        }
        return .init(id: context.id, result: .acceptance, transferSyntax: syntax)
    }

    private func accepts(_ abstractSyntax: UID) -> Bool {
        abstractSyntax == SOPClass.verification || SOPClass.isStandardStorage(abstractSyntax)
            || additionalSOPClasses.contains(abstractSyntax)
    }
}

/// A presentation context that both sides agreed to.
public struct AcceptedContext: Sendable, Equatable, Hashable {
    public var id: UInt8
    public var abstractSyntax: UID
    public var transferSyntax: TransferSyntax

    public init(id: UInt8, abstractSyntax: UID, transferSyntax: TransferSyntax) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntax = transferSyntax
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
                id: answer.id, abstractSyntax: proposal.abstractSyntax, transferSyntax: answer.transferSyntax)
        }
        return agreed
    }
}
