import Records

/// One object's way to one destination.
struct Consignee: Hashable {
    var destination: String
    var sequence: Int64
}

extension Consignee {
    init(_ parcel: Parcel) { self.init(destination: parcel.destination, sequence: parcel.sequence) }
}

/// Why an object may be sent to a destination that has already answered for it.
public enum ResendExcuse: String, Sendable, CaseIterable {
    /// The connection broke before the answer came.
    case answerLost
    /// The answer came, but the disk did not take it down.
    case notWrittenDown
    /// The courier ended between the answer and writing it down.
    case inFlight
    /// The answer was written down after the last synchronisation before a loss of power.
    case powerLoss
    /// The answer was written down, and the synchronisation that was to make it durable failed.
    case synchronizationFailed
    /// The destination said that it does not have the object after all.
    case commitmentFailed
    /// A person asked for it.
    case operatorRetry
}

/// Which objects a destination has given a last word on, and which of those may be sent again.
struct ResendLedger {
    private var answered: Set<Consignee> = []
    private var excuses: [Consignee: ResendExcuse] = [:]
    /// Answers that were written down since the courier's database was last known to be synchronised.
    private var unsynchronized: [Consignee] = []
    private(set) var resends: [ResendExcuse: Int] = [:]

    /// The object is about to be sent.
    ///
    /// - Returns: false where it was answered for and nothing excuses that it is sent again.
    mutating func isExcused(_ consignee: Consignee) -> Bool {
        guard answered.contains(consignee) else { return true }
        guard let excuse = excuses[consignee] else { return false }
        resends[excuse, default: 0] += 1
        return true
    }

    mutating func answer(_ consignee: Consignee) {
        answered.insert(consignee)
        excuses[consignee] = nil
    }

    mutating func excuse(_ consignee: Consignee, _ excuse: ResendExcuse) { excuses[consignee] = excuse }

    mutating func writeDown(_ consignee: Consignee) { unsynchronized.append(consignee) }

    /// Something was written durably: SQLite's log is synchronised as a whole.
    mutating func synchronize() { unsynchronized = [] }

    /// What was not synchronised may be gone.
    mutating func loseUnsynchronized(_ excuse: ResendExcuse) {
        for consignee in unsynchronized { excuses[consignee] = excuse }
        unsynchronized = []
    }
}
