import DICOM
import NIOCore

/// A protocol data unit of the DICOM Upper Layer (PS3.8 section 9.3).
public enum PDU: Sendable, Equatable {
    /// A-ASSOCIATE-RQ (9.3.2).
    case associateRequest(AssociateRequest)
    /// A-ASSOCIATE-AC (9.3.3).
    case associateAccept(AssociateAccept)
    /// A-ASSOCIATE-RJ (9.3.4).
    case associateReject(AssociateReject)
    /// P-DATA-TF (9.3.5): one or more presentation data values.
    case data([PresentationDataValue])
    /// A-RELEASE-RQ (9.3.6).
    case releaseRequest
    /// A-RELEASE-RP (9.3.7).
    case releaseReply
    /// A-ABORT (9.3.8).
    case abort(Abort)
}

/// The first byte of a PDU (PS3.8 section 9.3.1).
public enum PDUType: UInt8, Sendable, CaseIterable {
    case associateRequest = 1, associateAccept, associateReject, data, releaseRequest, releaseReply, abort

    /// The standard's name.
    public var name: String {
        switch self {
        case .associateRequest: "A-ASSOCIATE-RQ"
        case .associateAccept: "A-ASSOCIATE-AC"
        case .associateReject: "A-ASSOCIATE-RJ"
        case .data: "P-DATA-TF"
        case .releaseRequest: "A-RELEASE-RQ"
        case .releaseReply: "A-RELEASE-RP"
        case .abort: "A-ABORT"
        }
    }
}

/// A fragment of a message: a command or a data set, on one presentation context (PS3.8 section 9.3.5.1 and annex E).
public struct PresentationDataValue: Sendable, Equatable {
    public var contextID: UInt8
    /// Bit 0 of the message control header: a command fragment, not a data set fragment.
    public var isCommand: Bool
    /// Bit 1 of the message control header: the last fragment.
    public var isLast: Bool
    public var bytes: ByteBuffer

    public init(contextID: UInt8, isCommand: Bool, isLast: Bool, bytes: ByteBuffer) {
        self.contextID = contextID
        self.isCommand = isCommand
        self.isLast = isLast
        self.bytes = bytes
    }
}

/// Who ended an association by force, and why (PS3.8 table 9-26).
public struct Abort: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Source: UInt8, Sendable {
        case serviceUser = 0
        case serviceProvider = 2
    }

    /// Significant for the service provider only.
    public struct Reason: RawRepresentable, Sendable, Equatable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let notSpecified = Reason(rawValue: 0)
        public static let unrecognizedPDU = Reason(rawValue: 1)
        public static let unexpectedPDU = Reason(rawValue: 2)
        public static let unrecognizedParameter = Reason(rawValue: 4)
        public static let unexpectedParameter = Reason(rawValue: 5)
        public static let invalidParameterValue = Reason(rawValue: 6)
    }

    public var source: Source
    public var reason: Reason

    public init(source: Source, reason: Reason) {
        self.source = source
        self.reason = reason
    }

    /// The application itself gave up.
    public static let byUser = Abort(source: .serviceUser, reason: .notSpecified)

    public var description: String {
        switch (source, reason) {
        case (.serviceUser, _): "aborted by the application"
        case (_, .unrecognizedPDU): "aborted by the protocol layer: unrecognized PDU"
        case (_, .unexpectedPDU): "aborted by the protocol layer: unexpected PDU"
        case (_, .unrecognizedParameter): "aborted by the protocol layer: unrecognized parameter"
        case (_, .unexpectedParameter): "aborted by the protocol layer: unexpected parameter"
        case (_, .invalidParameterValue): "aborted by the protocol layer: invalid parameter value"
        default: "aborted by the protocol layer, reason \(reason.rawValue)"
        }
    }
}
