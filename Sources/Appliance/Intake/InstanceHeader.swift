import DICOM
import Records
import Spool

/// What intake needs to know of an instance, read from its data set in passing.
struct InstanceHeader: Sendable {
    static let wanted: Set<Tag> = [
        .specificCharacterSet, .sopClassUID, .sopInstanceUID, .modality, .bodyPartExamined, .studyInstanceUID,
        .seriesInstanceUID,
    ]

    let sopClassUID: UID
    let sopInstanceUID: UID
    let studyInstanceUID: UID
    let seriesInstanceUID: UID
    let modality: String?
    let bodyPartExamined: String?

    /// - Throws: ``DataSetError/missing(_:)`` where one of the UIDs that identify an instance is absent or not a UID.
    init(_ header: DataSet) throws(DataSetError) {
        func uid(_ tag: Tag) throws(DataSetError) -> UID {
            guard let uid = header.uid(tag) else { throw .missing(tag) }
            return uid
        }
        sopClassUID = try uid(.sopClassUID)
        sopInstanceUID = try uid(.sopInstanceUID)
        studyInstanceUID = try uid(.studyInstanceUID)
        seriesInstanceUID = try uid(.seriesInstanceUID)
        modality = header.string(.modality)
        bodyPartExamined = header.string(.bodyPartExamined)
    }

    func description(
        transferSyntax: TransferSyntax, peer: Peer, receivedAt: Timestamp
    ) -> InstanceDescription {
        InstanceDescription(
            sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, studyInstanceUID: studyInstanceUID,
            seriesInstanceUID: seriesInstanceUID, transferSyntax: transferSyntax, peer: peer, receivedAt: receivedAt,
            modality: modality, bodyPartExamined: bodyPartExamined)
    }
}
