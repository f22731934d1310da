import DICOM

/// The functional groups of an enhanced multi-frame object, as one frame has them (PS3.3 C.7.6.16).
struct FunctionalGroups {
    private let own: DataSet?
    private let shared: DataSet?

    /// - Parameter index: from 0.
    init(_ dataSet: DataSet, frame index: Int) {
        let perFrame = dataSet.items(.perFrameFunctionalGroupsSequence)
        own = perFrame.indices.contains(index) ? perFrame[index] : nil
        shared = dataSet.items(.sharedFunctionalGroupsSequence).first
    }

    /// The single item of a group's sequence, the frame's own before the shared one.
    func item(_ sequence: Tag) -> DataSet? { own?.items(sequence).first ?? shared?.items(sequence).first }
}
