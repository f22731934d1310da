/// Which parts of a stage owe progress, and which of them have made none for too long.
///
/// A part owes it only between ``begin(_:limit:)`` and ``end(_:)``: a loop that always turns for as long as it runs, a
/// write to the disk until it is done. Each such work counts for itself, so that one that hangs is found among others
/// that go on. A plain value without a clock.
public struct ProgressLedger: Sendable {
    /// Names a work that is under way.
    public struct Work: Sendable, Hashable { fileprivate var number: UInt64 }

    private struct Entry {
        var part: StagePart
        var limit: Duration
        /// Since the last look.
        var hasMoved = true
        var silence = Duration.zero
    }

    /// The longest time that one look counts. Where the whole process stood still, nobody in it is to blame: suspended,
    /// or without the processor.
    private let longestStep: Duration
    private var entries: [Work: Entry] = [:]
    private var lastLook: Duration?
    private var nextNumber: UInt64 = 0

    /// - Parameter longestStep: some times the pause between two looks.
    public init(longestStep: Duration) { self.longestStep = longestStep }

    /// Something is under way that moves at least every `limit`.
    public mutating func begin(_ part: StagePart, limit: Duration) -> Work {
        nextNumber += 1
        let work = Work(number: nextNumber)
        entries[work] = Entry(part: part, limit: limit)
        return work
    }

    /// It has moved.
    public mutating func beat(_ work: Work) { entries[work]?.hasMoved = true }

    /// It is done, or given up.
    public mutating func end(_ work: Work) { entries[work] = nil }

    /// The parts that have not moved for longer than they may, in the order of the cases.
    ///
    /// - Parameter now: by a clock that is never set; not before that of the last look.
    public mutating func look(at now: Duration) -> [OverduePart] {
        let step = lastLook.map { min(max(now - $0, .zero), longestStep) } ?? .zero
        lastLook = now
        var silences: [StagePart: Duration] = [:]
        for (work, var entry) in entries {
            entry.silence = entry.hasMoved ? .zero : entry.silence + step
            entry.hasMoved = false
            entries[work] = entry
            guard entry.silence > entry.limit else { continue }
            silences[entry.part] = max(silences[entry.part] ?? .zero, entry.silence)
        }
        return StagePart.allCases.compactMap { part in
            silences[part].map { OverduePart(part: part, silence: $0) }
        }
    }
}

/// A part that has come to a standstill.
public struct OverduePart: Sendable, Equatable {
    public var part: StagePart
    /// How long it has certainly not moved.
    public var silence: Duration
}
