import TestSupport
import Testing

@testable import Delivery

@Suite struct RetryAfterTests {
    @Test func secondsAreTakenAndBounded() {
        #expect(RetryAfter.duration("0", date: nil) == .zero)
        #expect(RetryAfter.duration("120", date: nil) == .seconds(120))
        #expect(RetryAfter.duration("86400", date: nil) == RetryAfter.longest)
        #expect(RetryAfter.duration(String(repeating: "9", count: 400), date: nil) == RetryAfter.longest)
    }

    /// Moments as Python writes them: over leap years and ends of months, and long before and after.
    @Test func momentsAreComparedWithTheServersOwnClock() async throws {
        let script = """
            from email.utils import formatdate
            for day in range(1, 47500, 37):
                now = day * 86400 + day % 86400
                for later in (-5, 0, 59, 3599):
                    print(formatdate(now, usegmt=True), formatdate(now + later, usegmt=True), max(later, 0), sep='|')
            """
        let written = try await Subprocess.run([Repository.python, "-c", script])
        let lines = written.text.split(separator: "\n")
        #expect(lines.count > 5000)
        for line in lines {
            let fields = line.split(separator: "|").map(String.init)
            guard fields.count == 3, let seconds = Int(fields[2]) else {
                Issue.record("\(line)")
                continue
            }
            #expect(RetryAfter.duration(fields[1], date: fields[0]) == .seconds(seconds), "\(line)")
        }
    }

    @Test(arguments: [
        "", " ", "-1", "+5", "1.5", "12 ", "soon", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT", "٣٣",
    ])
    func whatIsNotUnderstoodIsNothing(value: String) {
        #expect(RetryAfter.duration(value, date: "Sun, 06 Nov 1994 08:49:37 GMT") == nil)
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:49:37 GMT", date: value) == nil)
    }

    @Test func aMomentWithoutTheServersClockIsNothing() {
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:49:37 GMT", date: nil) == nil)
        #expect(RetryAfter.duration(nil, date: "Sun, 06 Nov 1994 08:49:37 GMT") == nil)
    }
}
