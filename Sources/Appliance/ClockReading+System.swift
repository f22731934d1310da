import Foundation
import Records
import Spool

extension ClockReading {
    /// Both clocks of this computer, now.
    public static func system() -> ClockReading {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let monotonic = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        return ClockReading(wall: WallClock.system.now(), monotonicMicroseconds: monotonic)
    }
}
