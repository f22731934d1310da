import Foundation
import Records
import Spool

/// The wall clock, injected so that tests decide what time it is.
public struct WallClock: Sendable {
    public var now: @Sendable () -> Timestamp

    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

extension KeptClock {
    /// For a stage that reads the floor which intake keeps.
    public convenience init(reading clock: WallClock, dataFolder: String) throws(SpoolError) {
        let intake = try IntakeReader(folder: StageFiles.folder(.intake, in: dataFolder))
        self.init(floor: try intake?.database.clockFloor(), database: nil) { clock.reading }
    }
}

extension WallClock {
    /// This clock beside the monotonic one.
    var reading: ClockReading {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return ClockReading(
            wall: now(), monotonicMicroseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
