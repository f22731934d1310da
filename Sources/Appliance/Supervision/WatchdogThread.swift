import Foundation
import Synchronization

/// Calls a function again and again, on a thread that nobody else uses and that needs no other thread.
final class WatchdogThread: Sendable {
    private let isStopped = Atomic(false)

    /// - Parameter interval: between two calls; at least a millisecond.
    init(every interval: Duration, _ look: @escaping @Sendable () -> Void) {
        let (seconds, attoseconds) = interval.components
        let milliseconds = Int32(clamping: max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        let thread = Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                look()
                // Waits by the monotonic clock, which nobody sets.
                poll(nil, 0, milliseconds)
            }
        }
        thread.name = "watchdog"
        thread.start()
    }

    /// One call may be under way.
    func stop() { isStopped.store(true, ordering: .relaxed) }
}
