/// Bytes on the wire that are not the PDU they claim to be. Every case ends the association with an A-ABORT.
public enum PDUError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The connection speaks another protocol altogether.
    case foreignProtocol(ForeignProtocol)
    case unknownType(UInt8)
    /// Refused before anything is allocated for it.
    case tooLong(PDUType, length: UInt32, limit: UInt32)
    /// An item or field does not fit into what surrounds it, or has no valid value.
    case malformed(PDUType, String)

    public enum ForeignProtocol: String, Sendable, Equatable {
        case tls = "a TLS client"
        case http = "an HTTP client"
        case plainDICOM = "a DICOM client without TLS"
        case plainText = "a client without TLS"

        /// Which of this device's ports it came to.
        var port: String { self == .plainDICOM || self == .plainText ? "TLS" : "plain DICOM" }
    }

    /// What the A-ABORT says (PS3.8 table 9-26).
    public var abortReason: Abort.Reason {
        switch self {
        case .foreignProtocol, .unknownType: .unrecognizedPDU
        case .tooLong, .malformed: .invalidParameterValue
        }
    }

    public var description: String {
        switch self {
        case .foreignProtocol(let which):
            "\(which.rawValue) spoke to the \(which.port) port; correct the port or the protocol on the sending side"
        case .unknownType(let type):
            "PDU type \(type) does not exist; the peer does not speak the DICOM upper layer protocol"
        case .tooLong(let type, let length, let limit):
            "a \(type.name) PDU of \(length) bytes is over the limit of \(limit); the peer must honour the limit"
        case .malformed(let type, let what):
            "a \(type.name) PDU is malformed: \(what); the peer's DICOM implementation is at fault"
        }
    }
}
