import DICOM

/// The one application context of DICOM (PS3.7 annex A).
public let dicomApplicationContext = UID(known: "1.2.840.10008.3.1.1.1")

/// What an association is asked to carry: one abstract syntax, the transfer syntaxes offered for it (PS3.8 9.3.2.2).
public struct PresentationContextProposal: Sendable, Equatable {
    /// Odd, 1 to 255.
    public var id: UInt8
    public var abstractSyntax: UID
    /// In the proposer's order of preference.
    public var transferSyntaxes: [TransferSyntax]

    public init(id: UInt8, abstractSyntax: UID, transferSyntaxes: [TransferSyntax]) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntaxes = transferSyntaxes
    }
}

/// The answer to one proposed context (PS3.8 9.3.3.2).
public struct PresentationContextResult: Sendable, Equatable {
    /// PS3.8 table 9-18.
    public enum Result: UInt8, Sendable {
        case acceptance = 0
        case userRejection = 1
        case noReason = 2
        case abstractSyntaxNotSupported = 3
        case transferSyntaxesNotSupported = 4
    }

    public var id: UInt8
    public var result: Result
    /// Only significant where the context is accepted.
    public var transferSyntax: TransferSyntax

    public init(id: UInt8, result: Result, transferSyntax: TransferSyntax) {
        self.id = id
        self.result = result
        self.transferSyntax = transferSyntax
    }
}

/// A-ASSOCIATE-RQ (PS3.8 section 9.3.2).
public struct AssociateRequest: Sendable, Equatable {
    /// Bit 0 is version 1.
    public var protocolVersion: UInt16
    /// Without padding; at most 16 characters.
    public var calledAETitle: String
    public var callingAETitle: String
    /// As received; only ``dicomApplicationContext`` can be accepted.
    public var applicationContext: String
    public var presentationContexts: [PresentationContextProposal]
    public var userInformation: UserInformation

    public init(
        calledAETitle: String, callingAETitle: String, presentationContexts: [PresentationContextProposal],
        userInformation: UserInformation, protocolVersion: UInt16 = 1,
        applicationContext: String = dicomApplicationContext.value
    ) {
        self.protocolVersion = protocolVersion
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
        self.applicationContext = applicationContext
        self.presentationContexts = presentationContexts
        self.userInformation = userInformation
    }
}

/// A-ASSOCIATE-AC (PS3.8 section 9.3.3).
public struct AssociateAccept: Sendable, Equatable {
    /// As the request had them; not to be tested on receipt.
    public var calledAETitle: String
    public var callingAETitle: String
    public var presentationContexts: [PresentationContextResult]
    public var userInformation: UserInformation

    public init(
        calledAETitle: String, callingAETitle: String, presentationContexts: [PresentationContextResult],
        userInformation: UserInformation
    ) {
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
        self.presentationContexts = presentationContexts
        self.userInformation = userInformation
    }
}

/// A-ASSOCIATE-RJ (PS3.8 section 9.3.4, table 9-21).
public struct AssociateReject: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Result: UInt8, Sendable {
        case permanent = 1
        case transient = 2
    }

    public var result: Result
    /// 1 service user, 2 service provider (ACSE), 3 service provider (presentation).
    public var source: UInt8
    /// Its meaning depends on the source.
    public var reason: UInt8

    public init(result: Result, source: UInt8, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    public static let noReasonGiven = AssociateReject(result: .permanent, source: 1, reason: 1)
    public static let applicationContextNotSupported = AssociateReject(result: .permanent, source: 1, reason: 2)
    public static let callingAETitleNotRecognized = AssociateReject(result: .permanent, source: 1, reason: 3)
    public static let calledAETitleNotRecognized = AssociateReject(result: .permanent, source: 1, reason: 7)
    public static let protocolVersionNotSupported = AssociateReject(result: .permanent, source: 2, reason: 2)
    public static let temporaryCongestion = AssociateReject(result: .transient, source: 3, reason: 1)
    public static let localLimitExceeded = AssociateReject(result: .transient, source: 3, reason: 2)

    public var description: String {
        let why =
            switch (source, reason) {
            case (1, 2): "application context name not supported"
            case (1, 3): "calling AE title not recognized"
            case (1, 7): "called AE title not recognized"
            case (2, 2): "protocol version not supported"
            case (3, 1): "temporary congestion"
            case (3, 2): "local limit exceeded"
            default: "no reason given"
            }
        let kind = result == .permanent ? "permanently" : "for now"
        return "association rejected \(kind): \(why) (\(result.rawValue)/\(source)/\(reason))"
    }
}
