import Records

/// When objects were queued while the clock could be trusted, and which parcels may have become too old.
struct Expiries {
    /// Where an object was perhaps queued several times, the first: no parcel of it is older.
    private var queued: [Int64: Duration] = [:]
    /// Expired, or perhaps so: the transaction failed half way.
    var mayBeExpired: Set<Consignee> = []

    /// Objects are about to be queued.
    mutating func queue(_ sequences: [Int64], at now: Duration) {
        for sequence in sequences where queued[sequence] == nil { queued[sequence] = now }
    }

    /// Whether a parcel of the object can be so old. What was queued by a clock that was not trusted never is.
    func allows(_ sequence: Int64, after age: Duration, at now: Duration) -> Bool {
        queued[sequence].map { $0 + age <= now } ?? false
    }
}

extension Duration {
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Timestamp {
    /// Later than anything that is queued.
    static let distantFuture = Timestamp(microseconds: .max)
}
