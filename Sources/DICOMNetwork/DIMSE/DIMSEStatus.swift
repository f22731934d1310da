import DICOM

/// The status of a DIMSE response (PS3.7 annex C; of C-STORE, PS3.4 table B.2-1; of storage commitment, PS3.3
/// C.14.1.1).
public struct DIMSEStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    // The instance is stored.
    public static let success = DIMSEStatus(rawValue: 0x0000)
    public static let coercionOfDataElements = DIMSEStatus(rawValue: 0xB000)
    public static let elementsDiscarded = DIMSEStatus(rawValue: 0xB006)
    public static let dataSetDoesNotMatchSOPClassWarning = DIMSEStatus(rawValue: 0xB007)
    public static let attributeListError = DIMSEStatus(rawValue: 0x0107)

    // The instance is not stored.
    public static let processingFailure = DIMSEStatus(rawValue: 0x0110)
    public static let duplicateSOPInstance = DIMSEStatus(rawValue: 0x0111)
    public static let noSuchObjectInstance = DIMSEStatus(rawValue: 0x0112)
    public static let noSuchEventType = DIMSEStatus(rawValue: 0x0113)
    public static let invalidArgumentValue = DIMSEStatus(rawValue: 0x0115)
    public static let invalidObjectInstance = DIMSEStatus(rawValue: 0x0117)
    public static let noSuchSOPClass = DIMSEStatus(rawValue: 0x0118)
    public static let missingAttribute = DIMSEStatus(rawValue: 0x0120)
    public static let sopClassNotSupported = DIMSEStatus(rawValue: 0x0122)
    public static let noSuchActionType = DIMSEStatus(rawValue: 0x0123)
    public static let duplicateTransactionUID = DIMSEStatus(rawValue: 0x0131)
    public static let notAuthorized = DIMSEStatus(rawValue: 0x0124)
    public static let duplicateInvocation = DIMSEStatus(rawValue: 0x0210)
    public static let unrecognizedOperation = DIMSEStatus(rawValue: 0x0211)
    public static let mistypedArgument = DIMSEStatus(rawValue: 0x0212)
    public static let resourceLimitation = DIMSEStatus(rawValue: 0x0213)
    public static let outOfResources = DIMSEStatus(rawValue: 0xA700)
    public static let dataSetDoesNotMatchSOPClass = DIMSEStatus(rawValue: 0xA900)
    public static let cannotUnderstand = DIMSEStatus(rawValue: 0xC000)

    public static let cancelled = DIMSEStatus(rawValue: 0xFE00)
    public static let pending = DIMSEStatus(rawValue: 0xFF00)

    /// The status classes of PS3.7 annex C.
    public enum Class: Sendable {
        case success, warning, failure, cancel, pending
    }

    public var statusClass: Class {
        switch rawValue {
        case 0x0000: .success
        case 0x0001, 0x0107, 0x0116, 0xB000...0xBFFF: .warning
        case 0xFE00: .cancel
        case 0xFF00, 0xFF01: .pending
        default: .failure
        }
    }

    /// Whether the peer took the object, with or without a warning.
    public var meansStored: Bool { statusClass == .success || statusClass == .warning }

    /// Whether the same may succeed later: the fault lies in the moment or in the peer's settings, not in the object or
    /// the operation.
    public var isTransient: Bool {
        switch rawValue {
        case 0xA700...0xA7FF, 0x0110, 0x0124, 0x0213: true
        // The next request has another Transaction UID.
        case 0x0131: true
        // Not answers to what is asked here: the peer is confused, which may pass.
        case 0xFE00, 0xFF00, 0xFF01: true
        default: false
        }
    }

    public var description: String {
        let meaning =
            switch rawValue {
            case 0x0000: "success"
            case 0x0107: "warning: attribute list error"
            case 0x0116: "warning: attribute value out of range"
            case 0x0110: "processing failure"
            case 0x0111: "duplicate SOP instance"
            case 0x0112: "no such object instance"
            case 0x0113: "no such event type"
            case 0x0115: "invalid argument value"
            case 0x0117: "invalid object instance"
            case 0x0118: "no such SOP class"
            case 0x0119: "class-instance conflict"
            case 0x0120: "missing attribute"
            case 0x0122: "SOP class not supported"
            case 0x0123: "no such action type"
            case 0x0124: "not authorized"
            case 0x0131: "duplicate transaction UID"
            case 0x0210: "duplicate invocation"
            case 0x0211: "unrecognized operation"
            case 0x0212: "mistyped argument"
            case 0x0213: "resource limitation"
            case 0xA700...0xA7FF: "out of resources"
            case 0xA900...0xA9FF: "data set does not match SOP class"
            case 0xB000: "warning: coercion of data elements"
            case 0xB006: "warning: elements discarded"
            case 0xB007: "warning: data set does not match SOP class"
            case 0xC000...0xCFFF: "cannot understand"
            default: "\(statusClass)"
            }
        return "\(rawValue.hexadecimal) (\(meaning))"
    }
}
