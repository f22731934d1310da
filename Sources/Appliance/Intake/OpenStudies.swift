import DICOM
import Spool

/// The studies that still grow, shared by all associations.
actor OpenStudies {
    private var quietTime: StudyQuietTime
    private let start = ContinuousClock.now

    init(quietTime: Duration, open: [(studyInstanceUID: UID, newestSequence: Int64)]) {
        var policy = StudyQuietTime(quietTime: quietTime)
        // What was open before a restart starts its quiet time anew: nothing says how long the sender has been silent.
        for study in open { policy.received(study: study.studyInstanceUID, sequence: study.newestSequence, at: .zero) }
        self.quietTime = policy
    }

    private var now: Duration { start.duration(to: .now) }

    func received(study: UID, sequence: Int64) {
        quietTime.received(study: study, sequence: sequence, at: now)
    }

    func takeDue() -> [StudyQuietTime.Due] { quietTime.takeDue(at: now) }

    /// Puts a study back whose completion could not be written.
    func putBack(_ due: StudyQuietTime.Due) {
        quietTime.received(study: due.studyInstanceUID, sequence: due.throughSequence, at: now)
    }
}
