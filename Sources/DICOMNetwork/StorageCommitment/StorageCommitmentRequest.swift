import DICOM

/// One instance that a storage commitment is about (PS3.4 J.3.2.1.1).
public struct ReferencedInstance: Sendable, Hashable, Codable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID

    public init(sopClassUID: UID, sopInstanceUID: UID) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
    }

    init(_ item: DataSet) throws(StorageCommitmentError) {
        guard let sopClass = item.uid(.referencedSOPClassUID) else { throw .missing(.referencedSOPClassUID) }
        guard let sopInstance = item.uid(.referencedSOPInstanceUID) else { throw .missing(.referencedSOPInstanceUID) }
        self.init(sopClassUID: sopClass, sopInstanceUID: sopInstance)
    }

    var item: DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, sopClassUID)
        item.set(.referencedSOPInstanceUID, sopInstanceUID)
        return item
    }
}

/// A request to be answerable for instances (PS3.4 J.3.2, table J.3-1): what a peer wants of this device, or this
/// device of a peer.
public struct StorageCommitmentRequest: Sendable, Equatable {
    /// The action "request storage commitment" of the push model.
    public static let actionTypeID = 1
    /// The longest data set of a request that is read, in bytes: some 100,000 references.
    public static let dataSetLimit = 16 * 1024 * 1024
    /// The most instances that this device asks for at once. The standard has no limit, but peers look up every one
    /// before they report, and a report that is lost, or refused as a whole, costs asking for all of them again.
    public static let maximumReferences = 1000

    /// Of one request only (PS3.4 J.3.2.1.2): one that is made again takes a new one.
    public var transactionUID: UID
    public var references: [ReferencedInstance]

    public init(transactionUID: UID, references: [ReferencedInstance]) {
        self.transactionUID = transactionUID
        self.references = references
    }

    /// The action information.
    var dataSet: DataSet {
        var dataSet = DataSet()
        dataSet.set(.transactionUID, transactionUID)
        dataSet.set(.referencedSOPSequence, items: references.map(\.item))
        return dataSet
    }
}

extension StorageCommitmentRequest: StorageCommitmentContent {
    static func refusal(of command: Command) -> StoreRefusal? {
        let elements = command.elements
        guard elements.uid(.requestedSOPClassUID) == SOPClass.storageCommitmentPushModel else {
            return StoreRefusal(.noSuchSOPClass, "Requested SOP Class UID is not that of the context")
        }
        guard elements.uid(.requestedSOPInstanceUID) == SOPClass.storageCommitmentPushModelInstance else {
            return StoreRefusal(.noSuchObjectInstance, "not the instance of storage commitment")
        }
        guard elements.integer(.actionTypeID) == actionTypeID else {
            return StoreRefusal(.noSuchActionType, "the action type is not 1")
        }
        guard command.hasDataSet else {
            return StoreRefusal(.invalidArgumentValue, "N-ACTION without action information")
        }
        return nil
    }

    /// The action information of an N-ACTION-RQ.
    init(_ dataSet: DataSet, of command: Command) throws(StorageCommitmentError) {
        guard let transaction = dataSet.uid(.transactionUID) else { throw .missing(.transactionUID) }
        var references: [ReferencedInstance] = []
        for item in dataSet.items(.referencedSOPSequence) { references.append(try ReferencedInstance(item)) }
        guard !references.isEmpty else { throw .missing(.referencedSOPSequence) }
        self.init(transactionUID: transaction, references: references)
    }
}

/// What is wrong with the data set of a storage commitment message.
public enum StorageCommitmentError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(Tag)
    case tooManyInstances(limit: Int)

    public var description: String {
        switch self {
        case .missing(let tag): "element \(tag) is missing or is no valid value"
        case .tooManyInstances(let limit): "more than \(limit) instances"
        }
    }
}
