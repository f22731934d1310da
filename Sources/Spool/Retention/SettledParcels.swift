import GRDB
import Records

extension CourierReader {
    /// Which of a stage's objects have arrived wherever they were to go: at least one parcel, each delivered, or
    /// committed where its destination is asked for that, and none still on its way or refused. What a person or a
    /// policy gave up does not hold an object back, but does not count as its arrival either.
    ///
    /// What it says is durable: the courier does not forget after a power cut that an object arrived which was given
    /// up on that word.
    public func settled(_ instances: [StoredInstance], of stage: Stage) throws(SpoolError) -> Set<Int64> {
        let settled = try database.read { database in
            let statement = try database.cachedStatement(sql: """
                SELECT COALESCE(SUM(
                        state = 'committed' OR (state = 'delivered' AND awaitsCommitment = 0)), 0) AS arrived,
                    COALESCE(SUM(state NOT IN ('committed', 'delivered', 'dropped', 'expired')
                        OR (state = 'delivered' AND awaitsCommitment > 0)), 0) AS owed
                FROM parcel WHERE stage = ? AND sequence = ?
                """)
            var settled: Set<Int64> = []
            for instance in instances {
                guard let row = try Row.fetchOne(statement, arguments: [stage.rawValue, instance.sequence]),
                    row["arrived"] as Int > 0, row["owed"] as Int == 0
                else { continue }
                settled.insert(instance.sequence)
            }
            return settled
        }
        if !settled.isEmpty { try database.makeDurable() }
        return settled
    }
}

extension AnalysisReader {
    /// Which of intake's images have an outcome.
    public func analysed(_ instances: [StoredInstance]) throws(SpoolError) -> Set<Int64> {
        try database.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM outcome WHERE instanceSequence = ?)")
            var analysed: Set<Int64> = []
            for instance in instances where try Bool.fetchOne(statement, arguments: [instance.sequence]) ?? false {
                analysed.insert(instance.sequence)
            }
            return analysed
        }
    }
}
