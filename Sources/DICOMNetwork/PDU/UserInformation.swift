import DICOM

/// What both sides say of themselves (PS3.8 annex D, PS3.7 annex D.3.3). Items of no use here are ignored.
public struct UserInformation: Sendable, Equatable {
    /// The longest P-DATA-TF variable field that the sender of this item takes, in bytes; 0 is no limit (PS3.8 D.1).
    public var maximumLength: UInt32
    public var implementationClassUID: UID?
    /// At most 16 characters.
    public var implementationVersionName: String?
    /// Nil where the item is absent, which means 1/1 (PS3.7 D.3.3.3); 0 is no limit.
    public var asynchronousOperations: AsynchronousOperationsWindow?
    /// One for a SOP class at most.
    public var roleSelections: [RoleSelection]
    public var extendedNegotiations: [SOPClassExtendedNegotiation]
    /// Whom the requestor claims to be. Nothing here checks it, so no answer is given, which tells the requestor so
    /// (PS3.7 D.3.3.7.2).
    public var userIdentity: UserIdentity?

    public init(
        maximumLength: UInt32, implementationClassUID: UID? = Implementation.classUID,
        implementationVersionName: String? = Implementation.versionName,
        asynchronousOperations: AsynchronousOperationsWindow? = nil, roleSelections: [RoleSelection] = [],
        extendedNegotiations: [SOPClassExtendedNegotiation] = [], userIdentity: UserIdentity? = nil
    ) {
        self.maximumLength = maximumLength
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.asynchronousOperations = asynchronousOperations
        self.roleSelections = roleSelections
        self.extendedNegotiations = extendedNegotiations
        self.userIdentity = userIdentity
    }
}

/// How many operations may be outstanding at once (PS3.7 D.3.3.3).
public struct AsynchronousOperationsWindow: Sendable, Equatable {
    public var invoked: UInt16
    public var performed: UInt16

    public init(invoked: UInt16, performed: UInt16) {
        self.invoked = invoked
        self.performed = performed
    }
}

/// Which roles the requestor of the association wants to play for a SOP class, and in the answer: may play (PS3.7
/// D.3.3.4). Without it the requestor is the SCU and the acceptor the SCP.
public struct RoleSelection: Sendable, Hashable {
    public var sopClassUID: UID
    public var isSCU: Bool
    public var isSCP: Bool

    public init(sopClassUID: UID, isSCU: Bool, isSCP: Bool) {
        self.sopClassUID = sopClassUID
        self.isSCU = isSCU
        self.isSCP = isSCP
    }
}

/// What a service class has to agree on beyond the SOP class (PS3.7 D.3.3.5).
public struct SOPClassExtendedNegotiation: Sendable, Equatable {
    public var sopClassUID: UID
    /// Its meaning belongs to the service class.
    public var information: [UInt8]

    public init(sopClassUID: UID, information: [UInt8]) {
        self.sopClassUID = sopClassUID
        self.information = information
    }

    /// What a storage SCP says that keeps every bit (PS3.4 B.3.1): level 2, all attributes are stored; digital
    /// signature level 3, signatures stay valid; no element is coerced.
    public static func bitPreservingStorage(_ sopClassUID: UID) -> SOPClassExtendedNegotiation {
        SOPClassExtendedNegotiation(sopClassUID: sopClassUID, information: [2, 0, 3, 0, 0, 0])
    }
}

/// A claim of who uses the requestor (PS3.7 D.3.3.7). The secret itself is dropped unread.
public struct UserIdentity: Sendable, Equatable {
    /// 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JSON web token.
    public var type: UInt8
    public var asksForResponse: Bool

    public init(type: UInt8, asksForResponse: Bool) {
        self.type = type
        self.asksForResponse = asksForResponse
    }
}
