/// A moment by the wall clock, in UTC. Only ever shown or written into objects: order comes from sequence numbers.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// ISO 8601, to the millisecond.
    public var description: String {
        let (year, month, day) = civilDate
        let (hour, minute, second) = timeOfDay
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2)):"
            + "\(padded(second, 2)).\(padded(Int(microsecondOfSecond) / 1000, 3))Z"
    }

    /// DICOM DA, `YYYYMMDD` (PS3.5 section 6.2).
    public var dicomDate: String {
        let (year, month, day) = civilDate
        return padded(year, 4) + padded(month, 2) + padded(day, 2)
    }

    /// DICOM TM, `HHMMSS.FFFFFF` (PS3.5 section 6.2).
    public var dicomTime: String {
        let (hour, minute, second) = timeOfDay
        return padded(hour, 2) + padded(minute, 2) + padded(second, 2) + "." + padded(Int(microsecondOfSecond), 6)
    }

    private var wholeSeconds: Int64 { microseconds.floorDivided(by: 1_000_000) }
    private var microsecondOfSecond: Int64 { microseconds - wholeSeconds * 1_000_000 }

    private var timeOfDay: (hour: Int, minute: Int, second: Int) {
        let second = Int(wholeSeconds - wholeSeconds.floorDivided(by: 86_400) * 86_400)
        return (second / 3600, second / 60 % 60, second % 60)
    }

    /// The proleptic Gregorian date, by counting 400-year eras of 146,097 days from 0000-03-01.
    private var civilDate: (year: Int, month: Int, day: Int) {
        let days = wholeSeconds.floorDivided(by: 86_400) + 719_468
        let era = days.floorDivided(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, day)
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
