import DICOM

/// What became of a storage commitment request: the content of an N-EVENT-REPORT (PS3.4 J.3.3, table J.3-2).
public struct StorageCommitmentReport: Sendable, Equatable, Codable {
    /// Why an instance is not committed (PS3.4 J.3.3.1.1.1, PS3.3 C.14.1.1).
    public enum FailureReason: UInt16, Sendable, Codable {
        case processingFailure = 0x0110
        case noSuchObjectInstance = 0x0112
        case classInstanceConflict = 0x0119
        case sopClassNotSupported = 0x0122
        case duplicateTransactionUID = 0x0131
        case resourceLimitation = 0x0213
    }

    public struct Failure: Sendable, Equatable, Codable {
        public var reference: ReferencedInstance
        public var reason: FailureReason

        public init(_ reference: ReferencedInstance, _ reason: FailureReason) {
            self.reference = reference
            self.reason = reason
        }
    }

    public var transactionUID: UID
    public var committed: [ReferencedInstance]
    public var failed: [Failure]

    public init(transactionUID: UID, committed: [ReferencedInstance], failed: [Failure]) {
        self.transactionUID = transactionUID
        self.committed = committed
        self.failed = failed
    }

    /// 1: all is committed; 2: something is not.
    var eventTypeID: UInt16 { failed.isEmpty ? 1 : 2 }

    /// The event information.
    var dataSet: DataSet {
        var dataSet = DataSet()
        dataSet.set(.transactionUID, transactionUID)
        if !committed.isEmpty { dataSet.set(.referencedSOPSequence, items: committed.map(\.item)) }
        if !failed.isEmpty {
            dataSet.set(.failedSOPSequence, items: failed.map { failure in
                var item = failure.reference.item
                item.set(.failureReason, failure.reason.rawValue)
                return item
            })
        }
        return dataSet
    }
}

/// When a storage commitment is answered.
public enum StorageCommitmentAnswer: Sendable, Equatable {
    /// On the association that asked.
    case here(StorageCommitmentReport)
    /// On another association, which the receiver sees to.
    case later
}
