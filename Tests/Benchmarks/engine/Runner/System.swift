// The few calls of the system that the runner needs.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

enum System {
    /// Tells the counter, which watches for this call, that an interval ends and the next begins.
    static func markInterval() { _ = getppid() }

    static func clockSeconds() -> Double { seconds(CLOCK_MONOTONIC) }
    static func processorSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// A line for the script that waits for it.
    static func answer(_ line: String) {
        print(line)
        fflush(nil)
    }

    static func end(_ message: String, status: Int32) -> Never {
        let line = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(status)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
