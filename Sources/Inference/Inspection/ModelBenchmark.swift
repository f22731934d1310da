/// How fast a plan runs here: latencies of whole runs, the time of each step, memory. For people (``description``) and
/// for programs (Codable).
///
/// Inputs are numbers of a fixed sequence; no network here takes longer for some inputs than for others.
public struct ModelBenchmark: Sendable, Codable, Equatable {
    /// One step, with its share of the time.
    public struct Step: Sendable, Codable, Equatable {
        public let name: String
        public let operators: [String]
        public let kernel: String
        /// Median over the repetitions.
        public let nanoseconds: Int
        /// Of the sum of all steps' medians, 0 to 1.
        public let share: Double
        /// Multiply-accumulates, or comparisons and the like.
        public let operations: Int
        public let isFloat: Bool
    }

    /// `best`, or the kernels' variant.
    public let kernels: String
    public let threads: Int
    public let repetitions: Int
    /// Of whole runs, ascending.
    public let nanoseconds: [Int]
    public let multiplyAccumulates: Int
    /// Memory that the runs took, scratch of all threads included.
    public let arenaBytes: Int
    /// Packed weights.
    public let constantBytes: Int
    public let steps: [Step]

    /// Runs a plan once to warm up, then `repetitions` times for whole runs and as often for its steps.
    public init(_ plan: ExecutionPlan, kernels: KernelSet, threads: Int, repetitions: Int) throws(InferenceError) {
        precondition(repetitions >= 1, "no repetitions")
        let runner = PlanRunner(plan, threads: threads)
        var inputs: [String: Tensor] = [:]
        for input in plan.inputs { inputs[input.name] = Self.tensor(for: input) }
        _ = try runner.run(inputs)
        var whole: [Int] = [], times = [[Int]](repeating: [], count: plan.nodes.count)
        for _ in 0..<repetitions {
            let start = ContinuousClock.now
            _ = try runner.run(inputs)
            whole.append(Self.nanoseconds(ContinuousClock.now - start))
            for (index, time) in try runner.profile(inputs).enumerated() { times[index].append(Self.nanoseconds(time)) }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }, sum = max(1, medians.reduce(0, +))
        self.kernels = kernels.name
        self.threads = runner.threads
        self.repetitions = repetitions
        nanoseconds = whole.sorted()
        multiplyAccumulates = plan.multiplyAccumulates
        arenaBytes = plan.memoryPlan.arenaBytes(threads: runner.threads)
        constantBytes = plan.memoryPlan.constantBytes
        steps = zip(plan.nodes, medians).map { node, median in
            Step(
                name: node.name, operators: node.operators, kernel: node.kernel, nanoseconds: median,
                share: Double(median) / Double(sum), operations: node.operations, isFloat: node.isFloat)
        }
    }

    /// The latency that this share of the runs does not exceed.
    ///
    /// - Parameter share: 0 to 1.
    public func percentile(_ share: Double) -> Int {
        nanoseconds[min(nanoseconds.count - 1, max(0, Int((share * Double(nanoseconds.count)).rounded(.up)) - 1))]
    }

    /// At the median latency.
    public var multiplyAccumulatesPerSecond: Double {
        Double(multiplyAccumulates) / (Double(max(1, percentile(0.5))) / 1e9)
    }

    private static func nanoseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }

    private static func tensor(for value: ExecutionPlan.Value) -> Tensor {
        let count = value.shape.reduce(1, *)
        // A linear congruence: all bytes occur, neighbours differ.
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 1_103_515_245 &+ 12_345) >> 16) }
        switch value.elementType {
        case .float32: return Tensor(shape: value.shape, bytes.map { (Float($0) - 128) / 64 })
        case .uint8: return Tensor(shape: value.shape, bytes)
        case .int8: return Tensor(shape: value.shape, bytes.map { Int8(bitPattern: $0) })
        default:
            let zeros = [UInt8](repeating: 0, count: count * value.elementType.byteCount)
            return Tensor(shape: value.shape, elementType: value.elementType, bytes: zeros)
        }
    }
}

extension ModelBenchmark: CustomStringConvertible {
    /// The bar of the longest step, in characters.
    private static let barWidth = 30

    /// Several lines of text, without a trailing newline. Each step has a line with its time, its share as a bar, and
    /// its operations in millions.
    public var description: String {
        let shares: [(String, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)]
        let text = shares.map { name, share in "\(name) \(milliseconds(percentile(share)))" }
        var lines = [
            "latency     \(text.joined(separator: ", ")) ms, \(repetitions) runs, \(threads) "
                + (threads == 1 ? "thread" : "threads"),
            "work        \(multiplyAccumulates) multiply-accumulates a run, "
                + "\(Decimals.text(multiplyAccumulatesPerSecond / 1e9, places: 2)) billion a second",
            "memory      \(arenaBytes) bytes a run, \(constantBytes) bytes of packed weights",
            "kernels     \(kernels)",
        ]
        let width = steps.map(\.kernel.count).max() ?? 0, longest = steps.map(\.share).max() ?? 1
        for (index, step) in steps.enumerated() {
            let bar = Int((step.share / max(longest, .ulpOfOne) * Double(Self.barWidth)).rounded())
            let columns = [
                SafeText.padded("\(index)", 4), SafeText.padded(step.kernel, width),
                SafeText.leftPadded(milliseconds(step.nanoseconds), 9) + " ms",
                SafeText.leftPadded(Decimals.text(step.share * 100, places: 1), 5) + " %",
                SafeText.padded(String(repeating: "█", count: bar), Self.barWidth),
                SafeText.leftPadded(Decimals.text(Double(step.operations) / 1e6, places: 2), 8) + " M",
                step.operators.joined(separator: "+"), SafeText.oneLine(step.name),
            ]
            lines.append(columns.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private func milliseconds(_ nanoseconds: Int) -> String { Decimals.text(Double(nanoseconds) / 1e6, places: 3) }
}
