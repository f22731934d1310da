import DICOM

/// Decides when a study is complete: once nothing has come for the quiet time. Pure; time is a reading of a monotonic
/// clock.
///
/// A late instance opens its study again, and the study completes a second time with the late instance in it.
struct StudyQuietTime: Sendable {
    struct Due: Sendable, Equatable {
        var studyInstanceUID: UID
        var throughSequence: Int64
    }

    private struct OpenStudy {
        var newestSequence: Int64
        var lastActivity: Duration
    }

    let quietTime: Duration
    private var open: [UID: OpenStudy] = [:]

    init(quietTime: Duration) { self.quietTime = quietTime }

    mutating func received(study: UID, sequence: Int64, at now: Duration) {
        let newest = max(sequence, open[study]?.newestSequence ?? 0)
        open[study] = OpenStudy(newestSequence: newest, lastActivity: now)
    }

    /// Takes out the studies that have been quiet long enough, oldest first.
    mutating func takeDue(at now: Duration) -> [Due] {
        let due = open.filter { now - $0.value.lastActivity >= quietTime }
        for study in due.keys { open[study] = nil }
        return due.map { Due(studyInstanceUID: $0.key, throughSequence: $0.value.newestSequence) }
            .sorted { $0.throughSequence < $1.throughSequence }
    }
}
