/// When a disk will be full, from how fast its free room shrank within the last hour. Pure; times are monotonic.
struct FillEstimate: Sendable {
    /// How far back it looks.
    static let window = Duration.seconds(3600)
    /// A shorter history would make a single study look like a flood.
    static let shortest = Duration.seconds(300)

    private var samples: [(time: Duration, freeBytes: Int64)] = []

    /// Between two that are kept.
    static let interval = Duration.seconds(60)

    /// Takes a measurement, however often: one a minute is kept.
    mutating func add(freeBytes: Int64, at time: Duration) {
        if let last = samples.last, time < last.time + Self.interval { return }
        samples.removeAll { $0.time < time - Self.window }
        samples.append((time, freeBytes))
    }

    /// Hours until `reservedBytes` are all that is free, at the rate of the last hour; nil where room does not shrink
    /// or too little is known.
    func hoursUntilFull(reservedBytes: Int64) -> Double? {
        guard let first = samples.first, let last = samples.last, last.time - first.time >= Self.shortest,
            first.freeBytes > last.freeBytes
        else { return nil }
        let bytesPerHour = Double(first.freeBytes - last.freeBytes) / ((last.time - first.time) / .seconds(3600))
        return max(0, Double(last.freeBytes - reservedBytes) / bytesPerHour)
    }
}
