import Records

/// Whether a destination can be reached, by what became of the last attempts. A plain value.
struct DestinationReach: Sendable {
    /// Since when nothing arrived there, by the courier's clock; nil while it answers.
    private(set) var unreachableSince: Duration?

    /// - Parameter outcomes: in the order in which they ended.
    mutating func record(_ outcomes: some Sequence<DeliveryOutcome>, at now: Duration) {
        for outcome in outcomes {
            switch outcome {
            case .unavailable: unreachableSince = unreachableSince ?? now
            // It has spoken.
            case .delivered, .refused: unreachableSince = nil
            // About the object, or about the box's own copy of it.
            case .retry, .unsendable: break
            }
        }
    }
}
