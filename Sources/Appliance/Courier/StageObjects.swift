import DICOMNetwork
import Records
import Spool
import Synchronization

/// Finds the objects of the stages before the courier, whose databases may not exist yet when the courier starts.
final class StageObjects: Sendable {
    private let dataFolder: String
    private let intakeReader = Mutex<IntakeReader?>(nil)
    private let readers = Mutex<[Stage: InstanceReader]>([:])

    init(dataFolder: String) { self.dataFolder = dataFolder }

    /// Nil while the stage has never run.
    func reader(of stage: Stage) throws(SpoolError) -> InstanceReader? {
        if let reader = readers.withLock({ $0[stage] }) { return reader }
        let folder = StageFiles.folder(stage, in: dataFolder)
        let reader: InstanceReader? = switch stage {
        case .intake: try intake()?.instances
        case .analysis: try AnalysisReader(folder: folder)?.instances
        case .courier, .board: nil
        }
        if let reader { readers.withLock { $0[stage] = reader } }
        return reader
    }

    /// Nil while intake has never run.
    func intake() throws(SpoolError) -> IntakeReader? {
        if let reader = intakeReader.withLock({ $0 }) { return reader }
        let reader = try IntakeReader(folder: StageFiles.folder(.intake, in: dataFolder))
        intakeReader.withLock { $0 = reader }
        return reader
    }

    /// What a storage commitment calls the object; nil where it is not kept any longer.
    func reference(_ parcel: Parcel) throws(SpoolError) -> ReferencedInstance? {
        do throws(SpoolError) {
            let instance = try locate(parcel).instance
            return ReferencedInstance(sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID)
        } catch .notFound {
            return nil
        }
    }

    private func locate(_ parcel: Parcel) throws(SpoolError) -> (instance: StoredInstance, path: String) {
        guard let reader = try reader(of: parcel.stage) else {
            throw .notFound(stage: parcel.stage, sequence: parcel.sequence)
        }
        return try reader.locate(parcel.sequence)
    }

    /// What each of `parcels` is about, in their order.
    func consignments(_ parcels: [Parcel]) -> [(Parcel, Result<Consignment, SpoolError>)] {
        var found: [Stage: Result<[Int64: Located], SpoolError>] = [:]
        for (stage, parcels) in Dictionary(grouping: parcels, by: \.stage) {
            found[stage] = Result { () throws(SpoolError) in
                try reader(of: stage)?.locate(parcels.map(\.sequence)) ?? [:]
            }
        }
        return parcels.map { parcel in
            let located = (found[parcel.stage] ?? .success([:])).flatMap { found in
                found[parcel.sequence].map { .success($0) }
                    ?? Result<Located, SpoolError>.failure(.notFound(stage: parcel.stage, sequence: parcel.sequence))
            }
            return (parcel, located.map { Self.consignment(parcel, $0) })
        }
    }

    private typealias Located = (instance: StoredInstance, path: String)

    private static func consignment(_ parcel: Parcel, _ located: Located) -> Consignment {
        let instance = located.instance
        return Consignment(
            parcelID: parcel.id, sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID,
            studyInstanceUID: instance.studyInstanceUID, transferSyntax: instance.transferSyntax,
            sha256: instance.sha256, path: located.path, dataSetLength: instance.dataSetLength)
    }
}
