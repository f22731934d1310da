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

/// What a peer wants this device to be answerable for (PS3.4 J.3.2, table J.3-1).
public struct StorageCommitmentRequest: Sendable, Equatable {
    /// The action "request storage commitment" of the push model.
    public static let actionTypeID = 1
    /// The longest data set of a request, in bytes: some 100,000 references.
    public static let dataSetLimit = 16 * 1024 * 1024

    public var transactionUID: UID
    public var references: [ReferencedInstance]

    public init(transactionUID: UID, references: [ReferencedInstance]) {
        self.transactionUID = transactionUID
        self.references = references
    }

    init(_ dataSet: DataSet) throws(StorageCommitmentError) {
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

    public var description: String {
        switch self {
        case .missing(let tag): "element \(tag) is missing or is no valid value"
        }
    }
}
