/// How a plan is made.
public struct PlanOptions: Sendable {
    /// Which kernels it may use.
    public var kernels: KernelSet
    /// What packed weights and one run's arena may take together; a model that needs more is refused.
    public var memoryLimitBytes: Int
    /// Multiply-accumulates of one run; a model that needs more would keep the appliance busy for minutes and is
    /// refused.
    public var operationLimit: Int
    /// Shapes of inputs whose file leaves sizes open. An open first axis is 1 when not given.
    public var inputShapes: [String: [Int]]

    public init(
        kernels: KernelSet = .best, memoryLimitBytes: Int = 1 << 30, operationLimit: Int = 1_000_000_000_000,
        inputShapes: [String: [Int]] = [:]
    ) {
        self.kernels = kernels
        self.memoryLimitBytes = memoryLimitBytes
        self.operationLimit = operationLimit
        self.inputShapes = inputShapes
    }
}
