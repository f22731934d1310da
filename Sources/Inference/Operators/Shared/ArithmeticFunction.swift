/// An operator that turns each element of a value of any number type into another by itself.
protocol ArithmeticFunction: ElementwiseOperator {
    var operand: ValueType { get }
    init(operand: ValueType)
    static func value<Element: ArithmeticElement>(of x: Element) -> Element
}

extension ArithmeticFunction {
    init(_ context: NodeContext) throws(InferenceError) {
        let operand = try context.type(0)
        guard [.float32, .int8, .int32, .int64].contains(operand.elementType) else {
            throw context.unsupported("an operand of type \(operand.elementType.name)")
        }
        self.init(operand: operand)
    }

    var resultType: ValueType { operand }

    func body(_ kernels: KernelSet) -> any StepBody {
        switch operand.elementType {
        case .int8: ArithmeticFunctionBody<Self, Int8>(count: operand.count)
        case .int32: ArithmeticFunctionBody<Self, Int32>(count: operand.count)
        case .int64: ArithmeticFunctionBody<Self, Int64>(count: operand.count)
        default: ArithmeticFunctionBody<Self, Float>(count: operand.count)
        }
    }
}

private struct ArithmeticFunctionBody<Function: ArithmeticFunction, Element: ArithmeticElement>: StepBody {
    let count: Int

    var kernelName: String { "\(Function.name.lowercased()) \(Element.elementType.name)" }
    var form: BufferForm { .plain }

    func run(_ buffers: StepBuffers) {
        let input = buffers.input(0, as: Element.self), output = buffers.output(as: Element.self)
        for index in 0..<count { output[index] = Function.value(of: input[index]) }
    }
}
