import DICOM
import Records

/// The instances between their sequence number and their row in the index: a plain value, without threads or disk.
///
/// Numbers are given in order. Files become durable side by side and in any order, and each is acknowledged at once.
/// Rows appear in the order of the numbers, so that a reader that remembers the last number it saw misses nothing.
struct CommitLedger: Sendable {
    /// An instance whose row is still to be written.
    struct Entry: Sendable {
        var instance: StoredInstance
        /// The number of its file.
        var file: Int64
        /// The instance as JSON, for trailer and index.
        var description: [UInt8]
        /// The network that made it, for the audit log.
        var model: AuditModel?
        fileprivate(set) var state = State.sealing
    }

    enum State: Sendable, Equatable {
        /// Its file is not durable yet.
        case sealing
        case durable
        /// Its file could not be made durable: the number stays unused.
        case failed(SpoolError)

        var hasFailed: Bool { if case .failed = self { true } else { false } }
    }

    /// Ascending by sequence number, without gaps.
    private(set) var entries: [Entry] = []
    private(set) var nextSequence: Int64
    /// Whether rows that are shown now stand beyond a number that failed, with none before them that is known to be
    /// durable. They must be durable before a reader sees them: after a power cut the failed file may turn out to be
    /// whole, and only a row beyond it tells that readers have gone past its number. Without one it would be kept where
    /// nobody looks for it.
    private(set) var hidesFailures = false

    init(nextSequence: Int64) { self.nextSequence = nextSequence }

    /// The same object on its way: it shares that one's fate.
    func twin(of sopInstanceUID: UID, _ digest: Digest) -> Int64? {
        entries.first { entry in
            !entry.state.hasFailed && entry.instance.sha256 == digest && entry.instance.sopInstanceUID == sopInstanceUID
        }?.instance.sequence
    }

    subscript(sequence: Int64) -> Entry? { entries.first { $0.instance.sequence == sequence } }

    mutating func add(_ entry: Entry) {
        precondition(entry.instance.sequence == nextSequence, "numbers are given in order")
        nextSequence += 1
        entries.append(entry)
    }

    /// Says how the making durable of `sequence` ended.
    mutating func settle(_ sequence: Int64, _ state: State) {
        guard let first = entries.first?.instance.sequence else { return }
        entries[Int(sequence - first)].state = state
        if state.hasFailed { hidesFailures = true }
    }

    /// The entries whose rows may be written now, ascending: all before the first that is still being sealed.
    func presentable(limit: Int) -> [Entry] { Array(entries.prefix { $0.state != .sealing }.prefix(limit)) }

    /// Forgets the first `count` entries, whose rows are written.
    mutating func forget(_ count: Int) {
        let shown = entries.prefix(count)
        entries.removeFirst(count)
        // A row beyond the last failure, written while they were hidden, is durable.
        guard hidesFailures, shown.last?.state == .durable else { return }
        hidesFailures = entries.contains(where: \.state.hasFailed)
    }
}
