/// An operator that turns each element of a float32 value into another by itself.
protocol FloatFunction: ElementwiseOperator {
    var operand: ValueType { get }
    func value(of x: Float) -> Float
}

extension FloatFunction {
    var resultType: ValueType { operand }

    func body(_ kernels: KernelSet) -> any StepBody { FloatFunctionBody(function: self, count: operand.count) }
}

/// One without attributes, or with attributes that have no bearing here.
protocol PlainFloatFunction: FloatFunction {
    init(operand: ValueType)
}

extension PlainFloatFunction {
    init(_ context: NodeContext) throws(InferenceError) { self.init(operand: try context.floatType(0)) }
}

private struct FloatFunctionBody<Function: FloatFunction>: StepBody {
    let function: Function
    let count: Int

    var kernelName: String { "\(Function.name.lowercased()) float32" }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Float.self), output = buffers.output(as: Float.self)
        for index in 0..<count { output[index] = function.value(of: input[index]) }
    }
}
