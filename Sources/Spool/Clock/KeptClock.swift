import Records
import Synchronization

/// The box's clock as records use it: judged by ``ClockTrust``, with its floor kept in a stage's database and each
/// setting of it in that stage's audit log.
///
/// Intake owns the floor. A stage that only reads it passes no database, and tells of settings itself if it wants to.
public final class KeptClock: Sendable {
    private let trust: Mutex<ClockTrust>
    private let database: StageDatabase?
    private let read: @Sendable () -> ClockReading

    /// - Parameters:
    ///   - floor: what was written down last, of ``StageDatabase/clockFloor()``.
    ///   - database: where floor and settings are written; migrated with `ClockTable` and `AuditTable`.
    ///   - read: looks at both clocks.
    public init(
        floor: Timestamp?, database: StageDatabase?, programDate: Timestamp = ClockTrust.programDate,
        read: @escaping @Sendable () -> ClockReading
    ) {
        trust = Mutex(ClockTrust(kept: floor, programDate: programDate))
        self.database = database
        self.read = read
    }

    /// The time now. Cheap, and writes nothing; call ``tick()`` every now and then.
    public func now() -> RecordedTime {
        trust.withLock { trust in
            let wall = read().wall
            return RecordedTime(wall, isTrusted: trust.isTrusted(wall))
        }
    }

    /// Looks whether the clock was set, and writes down what is to be. Call it about once a second; it writes about
    /// once a minute.
    ///
    /// - Throws: what the database says. The clock itself goes on: the next minute writes a later floor, and a setting
    ///   whose row could not be written is not told again.
    @discardableResult
    public func tick() throws(SpoolError) -> ClockObservation {
        let observation = trust.withLock { $0.observe(read()) }
        guard let database else { return observation }
        if observation.setFrom == nil, observation.floorToKeep == nil { return observation }
        try database.durably { database in
            if let floor = observation.floorToKeep { try ClockTable.keep(floor, in: database) }
            if let before = observation.setFrom {
                let event = AuditEvent(.clockSet, at: observation.time, of: AuditSubject(clockBefore: before))
                try AuditTable.append([event], in: database)
            }
        }
        return observation
    }
}
