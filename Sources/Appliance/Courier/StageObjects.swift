import Records
import Spool
import Synchronization

/// Finds the objects of the stages before the courier, whose databases may not exist yet when the courier starts.
final class StageObjects: Sendable {
    private let dataFolder: String
    private let readers = Mutex<[Stage: InstanceReader]>([:])

    init(dataFolder: String) { self.dataFolder = dataFolder }

    /// Nil while the stage has never run.
    func reader(of stage: Stage) throws(SpoolError) -> InstanceReader? {
        if let reader = readers.withLock({ $0[stage] }) { return reader }
        let folder = StageFiles.folder(stage, in: dataFolder)
        let reader: InstanceReader? = switch stage {
        case .intake: try IntakeReader(folder: folder)?.instances
        case .analysis: try AnalysisReader(folder: folder)?.instances
        case .courier, .board: nil
        }
        if let reader { readers.withLock { $0[stage] = reader } }
        return reader
    }

    func consignment(_ parcel: Parcel) throws(SpoolError) -> Consignment {
        guard let reader = try reader(of: parcel.stage) else {
            throw .notFound(stage: parcel.stage, sequence: parcel.sequence)
        }
        let (instance, path) = try reader.locate(parcel.sequence)
        return Consignment(
            parcelID: parcel.id, sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID,
            studyInstanceUID: instance.studyInstanceUID, transferSyntax: instance.transferSyntax,
            sha256: instance.sha256, path: path, dataSetLength: instance.dataSetLength)
    }
}
