/// How a plan is made.
public struct PlanOptions: Sendable {
    /// Which kernels it may use.
    public var kernels: KernelSet
    /// How many threads a run may use; each needs scratch memory.
    public var threads: Int
    /// What packed weights and one run's arena may take together; a model that needs more is refused.
    public var memoryLimitBytes: Int
    /// Multiply-accumulates of one run; a model that needs more would keep the appliance busy for minutes and is
    /// refused.
    public var operationLimit: Int
    /// Shapes of inputs whose file leaves sizes open. An open first axis is 1 when not given.
    public var inputShapes: [String: [Int]]

    public init(
        kernels: KernelSet = .best, threads: Int = 1, memoryLimitBytes: Int = 1 << 30,
        operationLimit: Int = 1_000_000_000_000, inputShapes: [String: [Int]] = [:]
    ) {
        precondition(threads >= 1, "a run without threads")
        self.kernels = kernels
        self.threads = threads
        self.memoryLimitBytes = memoryLimitBytes
        self.operationLimit = operationLimit
        self.inputShapes = inputShapes
    }
}
