import DICOM
import NIOCore

/// Who is at the other end of an association.
public struct AssociationInformation: Sendable, Equatable {
    /// Counts the connections of one server from 1; joins the log lines of an association.
    public var identifier: UInt64
    public var callingAETitle: String
    public var calledAETitle: String
    /// The IP address, without port; empty where the transport has none.
    public var peerAddress: String
    public var implementationClassUID: UID?
    public var implementationVersionName: String?

    public init(
        identifier: UInt64, callingAETitle: String, calledAETitle: String, peerAddress: String,
        implementationClassUID: UID?, implementationVersionName: String?
    ) {
        self.identifier = identifier
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.peerAddress = peerAddress
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
    }
}

/// A C-STORE request, before its data set (PS3.7 section 9.1.1).
public struct StoreRequest: Sendable, Equatable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var transferSyntax: TransferSyntax
    public var messageID: UInt16
    public var association: AssociationInformation

    public init(
        sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax, messageID: UInt16,
        association: AssociationInformation
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntax = transferSyntax
        self.messageID = messageID
        self.association = association
    }
}

/// Why an instance, or a message of storage commitment, is not taken.
public struct StoreRefusal: Error, Sendable, Equatable {
    public var status: DIMSEStatus
    /// For the sender's operator, in Error Comment (0000,0902): ASCII, cut at 64 characters, no patient data.
    public var comment: String

    public init(_ status: DIMSEStatus, _ comment: String) {
        self.status = status
        self.comment = comment
    }
}

/// Takes custody of instances.
public protocol InstanceReceiver: Sendable {
    associatedtype Reception: InstanceReception

    /// Called before any byte of the data set. A refusal lets the bytes be read and dropped; then its status is
    /// answered, and the association goes on.
    func begin(_ request: StoreRequest) async throws(StoreRefusal) -> Reception

    /// A peer asks whether instances are kept for good (PS3.4 annex J). Only called where
    /// ``AcceptorPolicy/offersStorageCommitment`` is set. A refusal is the answer to the request itself.
    func commit(
        _ request: StorageCommitmentRequest, from association: AssociationInformation
    ) async throws(StoreRefusal) -> StorageCommitmentAnswer

    /// How the peer took a report that was sent on its own association; nil where it ended the association first.
    func reported(_ transactionUID: UID, status: DIMSEStatus?) async
}

/// How an instance was taken.
public struct StoreAcknowledgement: Sendable, Equatable {
    /// Of the class success or warning.
    public var status: DIMSEStatus
    /// As ``StoreRefusal/comment``.
    public var comment: String

    public init(_ status: DIMSEStatus, _ comment: String) {
        precondition(status.meansStored, "an acknowledgement is a promise")
        self.status = status
        self.comment = comment
    }

    public static let success = StoreAcknowledgement(.success, "")
}

/// One instance on its way in. Belongs to its association's task; ends with exactly one `finish` or `discard`.
///
/// What it does may block: it is called on its association's own thread (``AssociationThread``).
public protocol InstanceReception {
    /// Takes the next bytes, at most ``PDULimits/dataBytes``. The network waits for it to return.
    func write(_ bytes: ByteBuffer) async throws(StoreRefusal)

    /// Called after the last byte. Returns only once the instance is durable: success goes on the wire after that.
    /// A refusal means that nothing is kept; `discard` is not called.
    func finish() async throws(StoreRefusal) -> StoreAcknowledgement

    /// The association ended before the last byte, or `write` refused.
    func discard() async
}
