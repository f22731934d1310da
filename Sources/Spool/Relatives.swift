import DICOM
import Records

/// What is known already of an instance's UID, study and series: the ground on which the store flags it.
struct Relatives: Sendable {
    /// Instances under the same SOP Instance UID.
    var copies: [StoredInstance]
    /// A patient of the study.
    var patientOfStudy: Records.Digest?
    /// The study that the series was first received in.
    var studyOfSeries: UID?

    /// With instances that no index shows yet.
    func including(_ ledger: CommitLedger, for description: InstanceDescription) -> Relatives {
        var relatives = self
        for entry in ledger.entries where !entry.state.hasFailed {
            let other = entry.instance
            if other.sopInstanceUID == description.sopInstanceUID { relatives.copies.append(other) }
            if other.studyInstanceUID == description.studyInstanceUID {
                relatives.patientOfStudy = relatives.patientOfStudy ?? other.patientKey
            }
            if other.seriesInstanceUID == description.seriesInstanceUID {
                relatives.studyOfSeries = relatives.studyOfSeries ?? other.studyInstanceUID
            }
        }
        return relatives
    }

    func flags(_ description: InstanceDescription) -> [InstanceFlag] {
        var flags: [InstanceFlag] = []
        if !copies.isEmpty { flags.append(.conflictingBytes) }
        if let patient = description.patientKey, let patientOfStudy, patient != patientOfStudy {
            flags.append(.patientDiffersInStudy)
        }
        // A made-up study says nothing about its series.
        if !description.flags.contains(.missingIdentity), let studyOfSeries,
            studyOfSeries != description.studyInstanceUID
        {
            flags.append(.seriesOfAnotherStudy)
        }
        return flags
    }
}
