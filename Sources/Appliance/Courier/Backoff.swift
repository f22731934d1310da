/// How long a destination that did not answer is left alone: doubling from `minimum` to `maximum`, with jitter so
/// that a fleet does not come back all at once. There is no last attempt.
struct Backoff: Sendable {
    let minimum: Duration
    let maximum: Duration
    private var failures = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The pause after one more failure: between half and the whole of the doubled step.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(failures, 20)
        failures += 1
        let step = min(minimum * (1 << doublings), maximum)
        return step * Double.random(in: 0.5...1, using: &generator)
    }

    mutating func reset() { failures = 0 }
}
