extension StorageCommitmentReport {
    /// Why an instance is not committed: Failure Reason (0008,1197) of PS3.4 table J.3-2, with the values of PS3.3
    /// C.14.1.1. Peers send others too, so any number is one.
    public struct FailureReason: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
        public let rawValue: UInt16

        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let processingFailure = FailureReason(rawValue: 0x0110)
        public static let noSuchObjectInstance = FailureReason(rawValue: 0x0112)
        public static let classInstanceConflict = FailureReason(rawValue: 0x0119)
        public static let sopClassNotSupported = FailureReason(rawValue: 0x0122)
        public static let duplicateTransactionUID = FailureReason(rawValue: 0x0131)
        public static let resourceLimitation = FailureReason(rawValue: 0x0213)

        /// Whether asking again later may end otherwise, with nothing done to the instance or to the peer's settings.
        /// Asking again always takes a new Transaction UID (PS3.4 J.3.3.1.2).
        public var isTransient: Bool { DIMSEStatus(rawValue: rawValue).isTransient }

        public var description: String {
            switch self {
            case .processingFailure: "the peer failed to process it; ask again later"
            case .noSuchObjectInstance: "the peer does not have the instance; send it again"
            case .classInstanceConflict:
                "the peer has the instance under another SOP class; compare the instance on both sides"
            case .sopClassNotSupported: "the peer commits to no instances of this SOP class; enable the class there"
            case .duplicateTransactionUID: "the peer knows the Transaction UID already; ask again under a new one"
            case .resourceLimitation: "the peer has no resources for it at present; ask again later"
            default: "the peer gives reason \(rawValue.hexadecimal), which is none of the standard's; see its log"
            }
        }
    }
}
