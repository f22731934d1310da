import DICOM
import Spool
import Synchronization

/// The studies that still grow, shared by all associations.
final class OpenStudies: Sendable {
    private let quietTime: Mutex<StudyQuietTime>
    private let start = ContinuousClock.now

    init(quietTime: Duration, open: [(studyInstanceUID: UID, newestSequence: Int64)]) {
        var policy = StudyQuietTime(quietTime: quietTime)
        // What was open before a restart starts its quiet time anew: nothing says how long the sender has been silent.
        for study in open { policy.received(study: study.studyInstanceUID, sequence: study.newestSequence, at: .zero) }
        self.quietTime = Mutex(policy)
    }

    private var now: Duration { start.duration(to: .now) }

    func received(study: UID, sequence: Int64) {
        quietTime.withLock { $0.received(study: study, sequence: sequence, at: now) }
    }

    func takeDue() -> [StudyQuietTime.Due] { quietTime.withLock { $0.takeDue(at: now) } }

    /// Puts a study back whose completion could not be written.
    func putBack(_ due: StudyQuietTime.Due) {
        received(study: due.studyInstanceUID, sequence: due.throughSequence)
    }
}
