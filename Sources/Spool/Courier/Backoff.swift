/// How long a destination that did not answer is left alone: doubling from `minimum` to `maximum`, with jitter so
/// that a fleet does not come back all at once. There is no last attempt.
public struct Backoff: Sendable {
    public let minimum: Duration
    public let maximum: Duration
    private var failures = 0

    public init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The pause after one more failure: between half and the whole of the doubled step.
    public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { failures += 1 }
        return pause(after: failures, using: &generator)
    }

    /// The pause after a failure that had `failures` before it.
    public func pause(after failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let step = min(minimum * (1 << min(failures, 20)), maximum)
        return step * Double.random(in: 0.5...1, using: &generator)
    }

    public mutating func reset() { failures = 0 }
}
