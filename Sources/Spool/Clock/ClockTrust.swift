import Records

/// Both clocks of the box, read together.
public struct ClockReading: Sendable, Equatable {
    public var wall: Timestamp
    /// Microseconds since some moment of this run, by a clock that nobody sets.
    public var monotonicMicroseconds: Int64

    public init(wall: Timestamp, monotonicMicroseconds: Int64) {
        self.wall = wall
        self.monotonicMicroseconds = monotonicMicroseconds
    }
}

/// What one look at the clocks means.
public struct ClockObservation: Sendable, Equatable {
    /// The moment as records are to hold it.
    public var time: RecordedTime
    /// What the wall clock would have shown, where somebody set it since the last look.
    public var setFrom: Timestamp?
    /// The floor that is to be written down now; nil mostly.
    public var floorToKeep: Timestamp?
}

/// Says whether the wall clock can be trusted. A pure value: readings in, judgements out.
///
/// A box without a battery starts in 1970, and one whose time server errs may find itself in 2080. So there is a
/// floor, a moment that has certainly passed: the later of the program's own date and what was written down while the
/// clock was good. The clock is trusted from the floor on, and for no more than ``horizonYears`` beyond it.
///
/// The floor goes after a trusted clock, ``trailing`` behind it, so that the small corrections of a time server do not
/// end the trust. It moves at most once in ``stepInterval``, and by at most ``longestStep`` then: sixty times as fast
/// as time itself. A box that was off for two years has caught up after twelve days; a clock that is years ahead for an
/// hour takes the floor sixty hours along and no further, and one beyond the horizon does not move it at all. A floor
/// that is wrong all the same locks nothing: times are only marked, until they pass it or a person resets it.
public struct ClockTrust: Sendable, Equatable {
    /// The program's own date, 2026-01-01T00:00:00Z: it cannot run before it was written.
    public static let programDate = Timestamp(microseconds: 1_767_225_600_000_000)
    /// No box is stored or left without an update for longer; a week counter of GPS that starts over (19.6 years) and a
    /// mistyped year lie beyond.
    public static let horizonYears: Int64 = 10
    /// A minute: a write a minute wears out no flash.
    public static let stepInterval: Int64 = 60_000_000
    /// An hour.
    public static let longestStep: Int64 = 3_600_000_000
    /// Five minutes: time servers correct a running clock by less.
    public static let trailing: Int64 = 300_000_000
    /// Five seconds: clocks that only drift, or are slewed by a time server, stay closer together than this.
    public static let jump: Int64 = 5_000_000

    private static let horizon = horizonYears * 31_556_952_000_000
    /// The end of the year 9999: ISO 8601 and DICOM have no later one, and sums with it cannot overflow.
    static let end = Timestamp(microseconds: 253_402_300_799_999_999)

    /// A moment that has certainly passed.
    public private(set) var floor: Timestamp
    private var last: ClockReading?
    /// When the floor last moved, by the monotonic clock.
    private var stepped: Int64?

    /// - Parameters:
    ///   - kept: the floor that was written down last; nil where there is none.
    ///   - programDate: the earliest moment there can be.
    public init(kept: Timestamp?, programDate: Timestamp = ClockTrust.programDate) {
        floor = min(max(kept ?? programDate, programDate), Self.end)
    }

    /// The last moment that is trusted.
    public var ceiling: Timestamp { min(Timestamp(microseconds: floor.microseconds + Self.horizon), Self.end) }

    public func isTrusted(_ wall: Timestamp) -> Bool { wall >= floor && wall <= ceiling }

    /// Takes a look at the clocks. Looks that come out of order in time are taken as they come.
    public mutating func observe(_ reading: ClockReading) -> ClockObservation {
        let setFrom = last.flatMap { expected(reading, after: $0) }
        last = reading
        // A clock that was just set has a minute to prove itself.
        if setFrom != nil { stepped = nil }
        let isTrusted = isTrusted(reading.wall)
        let floorToKeep = isTrusted ? step(reading) : nil
        return ClockObservation(
            time: RecordedTime(reading.wall, isTrusted: isTrusted), setFrom: setFrom, floorToKeep: floorToKeep)
    }

    /// What the wall clock would show now if it had only run on; nil where it does.
    private func expected(_ reading: ClockReading, after last: ClockReading) -> Timestamp? {
        let elapsed = reading.monotonicMicroseconds &- last.monotonicMicroseconds
        let expected = last.wall.microseconds &+ elapsed
        let (difference, overflow) = reading.wall.microseconds.subtractingReportingOverflow(expected)
        return overflow || difference.magnitude > Self.jump.magnitude ? Timestamp(microseconds: expected) : nil
    }

    /// Moves the floor if it is time.
    private mutating func step(_ reading: ClockReading) -> Timestamp? {
        let now = reading.monotonicMicroseconds
        // The first look only starts the measure: a program that ends and starts over does not hurry the floor.
        guard let stepped else {
            stepped = now
            return nil
        }
        guard now &- stepped >= Self.stepInterval else { return nil }
        let target = min(reading.wall.microseconds - Self.trailing, floor.microseconds + Self.longestStep)
        guard target > floor.microseconds else { return nil }
        self.stepped = now
        floor = Timestamp(microseconds: target)
        return floor
    }
}
