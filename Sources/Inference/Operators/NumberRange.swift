/// ONNX Range-11: numbers from a start to before a limit in equal steps, all three constants. Known while loading.
/// `Range` alone is a type of Swift.
struct NumberRange: Operator {
    static let name = "Range"

    private let elementType: ElementType
    private let start: Double
    private let step: Double
    private let count: Int

    init(_ context: NodeContext) throws(InferenceError) {
        var numbers: [Double] = []
        elementType = try context.type(0).elementType
        for index in 0..<3 {
            guard let tensor = try context.plainConstant(index), tensor.count == 1, tensor.elementType == elementType,
                let number = tensor.integers.map({ Double($0[0]) }) ?? tensor.floats.map({ Double($0[0]) }),
                number.isFinite
            else { throw context.invalid("operand \(index) is not one number of the common type") }
            numbers.append(number)
        }
        (start, step) = (numbers[0], numbers[2])
        let steps = ((numbers[1] - start) / step).rounded(.up)
        guard step != 0, steps < Double(1 << 28) else { throw context.invalid("\(steps) numbers") }
        count = Int(max(steps, 0))
    }

    var resultType: ValueType { ValueType(elementType: elementType, shape: [count]) }
    var operands: [Int] { [] }

    func body(_ kernels: KernelSet) -> any StepBody {
        switch elementType {
        case .int32: RangeBody<Int32>(start: start, step: step, count: count)
        case .int64: RangeBody<Int64>(start: start, step: step, count: count)
        default: RangeBody<Float>(start: start, step: step, count: count)
        }
    }
}

private struct RangeBody<Element: NumericElement>: StepBody {
    let start: Double
    let step: Double
    let count: Int

    var kernelName: String { "literal" }

    func run(_ buffers: StepBuffers) {
        let output = buffers.output(as: Element.self)
        for index in 0..<count { output[index] = Element(saturating: start + Double(index) * step) }
    }
}
