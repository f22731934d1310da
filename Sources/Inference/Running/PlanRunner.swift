import Synchronization

/// Runs a plan again and again: keeps the memory of a run, and threads that compute together.
///
/// One run at a time; others wait. A run computes on the calling thread and the runner's own, never on Swift's
/// cooperative pool, and gives the same bytes for any number of threads.
public final class PlanRunner: Sendable {
    public let plan: ExecutionPlan
    private let pool: WorkerPool
    private let affinity: ThreadAffinity?
    private let arena: Mutex<Arena>
    private let fewestDividedOperations: Int

    /// Below so many operations a step is done before another thread would have begun.
    static let usualFewestDividedOperations = 50_000

    /// - Parameters:
    ///   - threads: how many compute, at least 1. Fewer where the system gives no more.
    ///   - cores: what there is to compute on; fast cores are kept to where they are enough.
    public convenience init(_ plan: ExecutionPlan, threads: Int, cores: ProcessorCores = .ofThisSystem) {
        self.init(
            plan, threads: threads, cores: cores, fewestDividedOperations: Self.usualFewestDividedOperations)
    }

    init(_ plan: ExecutionPlan, threads: Int, cores: ProcessorCores, fewestDividedOperations: Int) {
        self.plan = plan
        self.fewestDividedOperations = fewestDividedOperations
        affinity = cores.cores(forThreads: threads).map { ThreadAffinity(cores: $0) }
        pool = WorkerPool(threads: threads, affinity: affinity)
        // Zeroed once: later runs find what earlier runs of the same plan left, and every step writes all that it
        // makes.
        arena = Mutex(Arena(byteCount: plan.memoryPlan.arenaBytes(threads: pool.threads)))
    }

    /// How many threads compute, the calling one among them.
    public var threads: Int { pool.threads }

    /// Runs the model.
    ///
    /// - Parameters:
    ///   - inputs: one tensor for each of the plan's inputs, by name, of exactly its shape and type.
    ///   - stepped: called after each step, on the calling thread: for those who watch whether a run goes on.
    /// - Returns: the outputs by name.
    public func run(
        _ inputs: [String: Tensor], stepped: () -> Void = {}
    ) throws(InferenceError) -> [String: Tensor] {
        try run(inputs) { _ in stepped() }
    }

    /// Runs the model and takes the time of each step.
    ///
    /// - Returns: of each of the plan's nodes.
    public func profile(_ inputs: [String: Tensor]) throws(InferenceError) -> [Duration] {
        var times: [Duration] = [], last = ContinuousClock.now
        _ = try run(inputs) { _ in
            let now = ContinuousClock.now
            times.append(now - last)
            last = now
        }
        return times
    }

    private func run(
        _ inputs: [String: Tensor], finished: (Int) -> Void
    ) throws(InferenceError) -> [String: Tensor] {
        // The calling thread is one of those that compute; afterwards it may run where it might before.
        let before = affinity == nil ? nil : ThreadAffinity.current
        affinity?.apply()
        defer { before?.apply() }
        return try arena.withLock { arena throws(InferenceError) in
            try plan.run(
                inputs, in: arena, on: pool, dividedFrom: fewestDividedOperations, finished: finished)
        }
    }
}
