/// How long a server asks to be left alone (RFC 9110 section 10.2.3): seconds, or a moment of its own clock.
enum RetryAfter {
    /// No word of a server keeps objects back for longer: it is asked at least so often.
    static let longest = Duration.seconds(3600)

    /// - Parameters:
    ///   - value: of `Retry-After`.
    ///   - date: of `Date`, which says what a moment is to be compared with. The appliance's own clock may be wrong,
    ///     and is not asked.
    /// - Returns: nil where there is no value that can be understood; never more than ``longest``.
    static func duration(_ value: String?, date: String?) -> Duration? {
        guard let value = value?.utf8 else { return nil }
        if !value.isEmpty, value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // More digits than a number holds are too many seconds.
            return Int64(String(value)).map { min(.seconds($0), longest) } ?? longest
        }
        guard let moment = seconds(value), let now = date.flatMap({ seconds($0.utf8) }) else { return nil }
        return min(max(.zero, .seconds(moment - now)), longest)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of the only form that servers may write (IMF-fixdate, RFC 9110 section 5.6.7), such as
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func seconds(_ text: String.UTF8View) -> Int64? {
        let fields = String(text).split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].utf8.count == 4, fields[5] == "GMT", let day = number(fields[1], 1...31),
            let month = months.firstIndex(where: { $0 == fields[2] }), let year = number(fields[3], 1970...9999)
        else { return nil }
        let time = fields[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        return ((daysBefore(year, month + 1) + day - 1) * 24 + hour) * 3600 + minute * 60 + second
    }

    /// Digits alone: no sign, no space.
    private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int64(text),
            range.contains(number)
        else { return nil }
        return number
    }

    /// Days from 1970 to the first of a month of the Gregorian calendar.
    private static func daysBefore(_ year: Int64, _ month: Int) -> Int64 {
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let leapDays = { (year: Int64) in year / 4 - year / 100 + year / 400 }
        let years = (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969)
        return years + lengths.prefix(month - 1).reduce(0, +) + (isLeap && month > 2 ? 1 : 0)
    }
}
