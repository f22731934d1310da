/// Softmax and its logarithm.
protocol SoftmaxOperator: Operator {
    var lines: AxisLines { get }
    init(lines: AxisLines, resultType: ValueType)
    /// - Parameters:
    ///   - x: an element less the largest of its line.
    ///   - sum: of the e^x of the line.
    static func finish(_ x: Float, sum: Float) -> Float
}

extension SoftmaxOperator {
    static var attributes: Set<String> { ["axis"] }

    init(_ context: NodeContext) throws(InferenceError) {
        let type = try context.floatType(0)
        let axis = try context.axis(try context.integer("axis", default: -1), rank: type.shape.count)
        self.init(lines: AxisLines(shape: type.shape, axis: axis), resultType: type)
    }

    func body(_ kernels: KernelSet) -> any StepBody { FloatSoftmaxBody<Self>(lines: lines) }
}

private struct FloatSoftmaxBody<Function: SoftmaxOperator>: StepBody {
    let lines: AxisLines

    var kernelName: String { "\(Function.name.lowercased()) float32" }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Float.self), output = buffers.output(as: Float.self)
        lines.forEach { start, _ in
            let (from, to) = (input + start, output + start)
            var largest = -Float.infinity, sum: Float = 0
            for index in 0..<lines.extent { largest = max(largest, from[index * lines.stride]) }
            for index in 0..<lines.extent { sum += Mathematics.exponential(from[index * lines.stride] - largest) }
            for index in 0..<lines.extent {
                to[index * lines.stride] = Function.finish(from[index * lines.stride] - largest, sum: sum)
            }
        }
    }
}
