import Dispatch

/// Runs work that computes or waits for the disk on a thread of its own, so that the tasks of the process go on
/// meanwhile.
enum BlockingWork {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "blocking work").async { continuation.resume(returning: work()) }
        }
    }
}
