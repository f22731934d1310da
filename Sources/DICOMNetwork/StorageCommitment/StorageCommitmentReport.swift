import DICOM

/// What became of a storage commitment request: the content of an N-EVENT-REPORT (PS3.4 J.3.3, table J.3-2).
public struct StorageCommitmentReport: Sendable, Equatable, Codable {
    /// The longest data set of a report that is read, in bytes. One about
    /// ``StorageCommitmentRequest/maximumReferences`` instances takes a sixth of it.
    public static let dataSetLimit = 1024 * 1024
    /// The most items of a report that is read, in both sequences together: as many as are ever asked for, twice.
    public static let maximumItems = 2 * StorageCommitmentRequest.maximumReferences

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

    /// What a report says of one instance.
    public enum Verdict: Sendable, Hashable {
        case committed
        case failed(FailureReason)
    }

    /// By instance. One that the report lists as both has failed.
    ///
    /// An instance that was asked for and is not in here is not committed, although PS3.4 J.3.3.1.2 wants all of them
    /// to be listed.
    public var verdicts: [ReferencedInstance: Verdict] {
        var verdicts: [ReferencedInstance: Verdict] = [:]
        for reference in committed { verdicts[reference] = .committed }
        for failure in failed { verdicts[failure.reference] = .failed(failure.reason) }
        return verdicts
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

extension StorageCommitmentReport: StorageCommitmentContent {
    static func refusal(of command: Command) -> StoreRefusal? {
        let elements = command.elements
        guard elements.uid(.affectedSOPClassUID) == SOPClass.storageCommitmentPushModel else {
            return StoreRefusal(.noSuchSOPClass, "Affected SOP Class UID is not that of the context")
        }
        guard elements.uid(.affectedSOPInstanceUID) == SOPClass.storageCommitmentPushModelInstance else {
            return StoreRefusal(.noSuchObjectInstance, "not the instance of storage commitment")
        }
        guard let type = elements.integer(.eventTypeID), (1...2).contains(type) else {
            return StoreRefusal(.noSuchEventType, "the event type is neither 1 nor 2")
        }
        guard command.hasDataSet else {
            return StoreRefusal(.invalidArgumentValue, "N-EVENT-REPORT without event information")
        }
        return nil
    }

    /// The event information of an N-EVENT-REPORT-RQ.
    ///
    /// What failed is believed whatever the event type says: to doubt a failure would be to lose an instance. Type 2
    /// without a failure is no report, for it leaves open what failed.
    init(_ dataSet: DataSet, of command: Command) throws(StorageCommitmentError) {
        guard let transaction = dataSet.uid(.transactionUID) else { throw .missing(.transactionUID) }
        let succeeding = dataSet.items(.referencedSOPSequence)
        let failing = dataSet.items(.failedSOPSequence)
        guard succeeding.count + failing.count <= Self.maximumItems else {
            throw .tooManyInstances(limit: Self.maximumItems)
        }
        var committed: [ReferencedInstance] = []
        for item in succeeding { committed.append(try ReferencedInstance(item)) }
        var failed: [Failure] = []
        for item in failing {
            // A peer that forgets to give its reason still says that the instance failed.
            let reason = item.integer(.failureReason).flatMap(UInt16.init(exactly:)).map(FailureReason.init)
            failed.append(Failure(try ReferencedInstance(item), reason ?? .processingFailure))
        }
        if failed.isEmpty, command.elements.integer(.eventTypeID) == 2 { throw .missing(.failedSOPSequence) }
        if failed.isEmpty, committed.isEmpty { throw .missing(.referencedSOPSequence) }
        self.init(transactionUID: transaction, committed: committed, failed: failed)
    }
}

/// When a storage commitment is answered.
public enum StorageCommitmentAnswer: Sendable, Equatable {
    /// On the association that asked.
    case here(StorageCommitmentReport)
    /// On another association, which the receiver sees to.
    case later
}
