import Synchronization

/// A ``ProgressLedger`` for the threads of a stage.
final class ProgressWatch: Sendable {
    /// What limits are counted in.
    let interval: Duration
    private let ledger: Mutex<ProgressLedger>
    private let overdue = Mutex<[OverduePart]>([])

    /// How often somebody is to look.
    var lookInterval: Duration { interval / 4 }

    /// - Parameter interval: within which the supervisor of the process wants to hear of it.
    init(interval: Duration) {
        self.interval = interval
        ledger = Mutex(ProgressLedger(longestStep: interval / 2))
    }

    /// Something is under way that moves, or ends, before the part's patience does.
    func begin(_ part: StagePart) -> WorkUnderWay {
        let limit = interval * part.patience
        return WorkUnderWay(watch: self, work: ledger.withLock { $0.begin(part, limit: limit) })
    }

    /// Does what may hang.
    func during<Value, Failure: Error>(
        _ part: StagePart, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let work = begin(part)
        defer { work.end() }
        return try body()
    }

    fileprivate func beat(_ work: ProgressLedger.Work) { ledger.withLock { $0.beat(work) } }
    fileprivate func end(_ work: ProgressLedger.Work) { ledger.withLock { $0.end(work) } }

    /// The parts that have come to a standstill; also ``lastOverdue`` from then on.
    func look(at now: Duration) -> [OverduePart] {
        let found = ledger.withLock { $0.look(at: now) }
        overdue.withLock { $0 = found }
        return found
    }

    /// What the last look found.
    var lastOverdue: [OverduePart] { overdue.withLock { $0 } }
}

/// Something that is expected to move on.
struct WorkUnderWay: Sendable {
    fileprivate let watch: ProgressWatch
    fileprivate let work: ProgressLedger.Work

    /// It has moved.
    func beat() { watch.beat(work) }

    /// It is done. What comes after that counts for nothing.
    func end() { watch.end(work) }
}
