import DICOM

/// What A-ASSOCIATE-RQ and -AC have in common.
private struct AssociateFields {
    var protocolVersion: UInt16
    var calledAETitle: String
    var callingAETitle: String
    var applicationContext = ""
    var contexts: [PDUReader] = []
    var userInformation: UserInformation?

    /// Item types that are not known are ignored, as PS3.8 section 9.3.1 demands.
    init(from reader: inout PDUReader, contextItem: UInt8) throws(PDUError) {
        protocolVersion = try reader.integer()
        try reader.skip(2)
        calledAETitle = try reader.text(16)
        callingAETitle = try reader.text(16)
        try reader.skip(32)
        while !reader.isEmpty {
            var item = try reader.item()
            switch item.type {
            case ItemType.applicationContext: applicationContext = item.content.text()
            case contextItem: contexts.append(item.content)
            case ItemType.userInformation: userInformation = try UserInformation(from: &item.content)
            default: break
            }
        }
    }
}

extension AssociateRequest {
    init(from reader: inout PDUReader) throws(PDUError) {
        let fields = try AssociateFields(from: &reader, contextItem: ItemType.proposedContext)
        var contexts: [PresentationContextProposal] = []
        var seen: Set<UInt8> = []
        for var content in fields.contexts {
            let context = try PresentationContextProposal(from: &content)
            guard seen.insert(context.id).inserted else {
                throw reader.malformed("presentation context \(context.id) is proposed twice")
            }
            contexts.append(context)
        }
        guard !contexts.isEmpty else { throw reader.malformed("no presentation context is proposed") }
        guard let userInformation = fields.userInformation else { throw reader.malformed("no user information") }
        self.init(
            calledAETitle: fields.calledAETitle, callingAETitle: fields.callingAETitle, presentationContexts: contexts,
            userInformation: userInformation, protocolVersion: fields.protocolVersion,
            applicationContext: fields.applicationContext)
    }
}

extension PresentationContextProposal {
    fileprivate init(from reader: inout PDUReader) throws(PDUError) {
        let id: UInt8 = try reader.integer()
        guard id & 1 == 1 else { throw reader.malformed("presentation context \(id) is not odd") }
        try reader.skip(3)
        var abstractSyntax: UID?
        var transferSyntaxes: [TransferSyntax] = []
        while !reader.isEmpty {
            var item = try reader.item()
            switch item.type {
            case ItemType.abstractSyntax:
                guard abstractSyntax == nil else { throw reader.malformed("context \(id) has two abstract syntaxes") }
                abstractSyntax = try item.content.uid("the abstract syntax of context \(id)")
            case ItemType.transferSyntax:
                transferSyntaxes.append(TransferSyntax(try item.content.uid("a transfer syntax of context \(id)")))
            default: break
            }
        }
        guard let abstractSyntax else { throw reader.malformed("context \(id) has no abstract syntax") }
        guard !transferSyntaxes.isEmpty else { throw reader.malformed("context \(id) has no transfer syntax") }
        self.init(id: id, abstractSyntax: abstractSyntax, transferSyntaxes: transferSyntaxes)
    }
}

extension AssociateAccept {
    init(from reader: inout PDUReader) throws(PDUError) {
        let fields = try AssociateFields(from: &reader, contextItem: ItemType.answeredContext)
        var contexts: [PresentationContextResult] = []
        for var content in fields.contexts { contexts.append(try PresentationContextResult(from: &content)) }
        guard let userInformation = fields.userInformation else { throw reader.malformed("no user information") }
        self.init(
            calledAETitle: fields.calledAETitle, callingAETitle: fields.callingAETitle, presentationContexts: contexts,
            userInformation: userInformation)
    }
}

extension PresentationContextResult {
    fileprivate init(from reader: inout PDUReader) throws(PDUError) {
        let id: UInt8 = try reader.integer()
        try reader.skip(1)
        let code: UInt8 = try reader.integer()
        try reader.skip(1)
        guard let result = Result(rawValue: code) else {
            throw reader.malformed("context \(id) has the unknown result \(code)")
        }
        var transferSyntax: TransferSyntax?
        while !reader.isEmpty {
            var item = try reader.item()
            guard item.type == ItemType.transferSyntax else { continue }
            // Of a rejected context the item may be empty.
            if result == .acceptance {
                transferSyntax = TransferSyntax(try item.content.uid("the transfer syntax of context \(id)"))
            }
        }
        if result == .acceptance, transferSyntax == nil {
            throw reader.malformed("accepted context \(id) has no transfer syntax")
        }
        self.init(id: id, result: result, transferSyntax: transferSyntax ?? .implicitVRLittleEndian)
    }
}

extension AssociateReject {
    init(from reader: inout PDUReader) throws(PDUError) {
        try reader.skip(1)
        let result: UInt8 = try reader.integer()
        let source: UInt8 = try reader.integer()
        let reason: UInt8 = try reader.integer()
        guard let result = Result(rawValue: result) else { throw reader.malformed("rejection result \(result)") }
        self.init(result: result, source: source, reason: reason)
    }
}
