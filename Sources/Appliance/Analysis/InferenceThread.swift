import Dispatch

/// Runs work that computes for long on a thread of its own, so that the tasks of the process go on meanwhile.
struct InferenceThread: Sendable {
    private let queue = DispatchQueue(label: "inference")

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
