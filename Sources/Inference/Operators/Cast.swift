/// ONNX Cast-13 between all types there are here; float16 and float64 among constants only. Floats are cut off towards
/// zero and limited to what the integer type holds; integers keep their low bits.
struct Cast: ElementwiseOperator {
    static let name = "Cast"
    static let attributes: Set<String> = ["to", "saturate", "round_mode"]

    private let inputType: ValueType
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.type(0)
        let number = try context.integer("to", default: 0)
        guard let type = ElementType(rawValue: number) else {
            throw context.unsupported("a cast to element type number \(number)")
        }
        // `saturate` and `round_mode` speak of 8-bit floats alone, which there are not.
        resultType = inputType.with(elementType: type)
    }

    /// PyTorch casts quantised values to the type they have.
    var isPassage: Bool { inputType.elementType == resultType.elementType }

    func body(_ kernels: KernelSet) -> any StepBody {
        if inputType.elementType == resultType.elementType { return CopyBody(byteCount: resultType.byteCount) }
        return CastBody(count: resultType.count, from: .of(inputType.elementType), to: .of(resultType.elementType))
    }
}

/// Reads and writes the elements of one type as doubles or as integers.
private struct Conversion: Sendable {
    let isInteger: Bool
    let loadDoubles: @Sendable (UnsafeRawPointer, Range<Int>, UnsafeMutablePointer<Double>) -> Void
    let loadIntegers: @Sendable (UnsafeRawPointer, Range<Int>, UnsafeMutablePointer<Int64>) -> Void
    let storeDoubles: @Sendable (UnsafePointer<Double>, UnsafeMutableRawPointer, Range<Int>) -> Void
    let storeIntegers: @Sendable (UnsafePointer<Int64>, UnsafeMutableRawPointer, Range<Int>) -> Void

    private init<Element: NumericElement>(_: Element.Type) {
        isInteger = Element.isInteger
        loadDoubles = { source, range, numbers in
            let elements = source.assumingMemoryBound(to: Element.self) + range.lowerBound
            for index in 0..<range.count { numbers[index] = elements[index].asDouble }
        }
        loadIntegers = { source, range, numbers in
            let elements = source.assumingMemoryBound(to: Element.self) + range.lowerBound
            for index in 0..<range.count { numbers[index] = elements[index].asInteger }
        }
        storeDoubles = { numbers, destination, range in
            let elements = destination.assumingMemoryBound(to: Element.self) + range.lowerBound
            for index in 0..<range.count { elements[index] = Element(saturating: numbers[index]) }
        }
        storeIntegers = { numbers, destination, range in
            let elements = destination.assumingMemoryBound(to: Element.self) + range.lowerBound
            for index in 0..<range.count { elements[index] = Element(wrapping: numbers[index]) }
        }
    }

    static func of(_ type: ElementType) -> Conversion {
        switch type {
        case .float32: Conversion(Float.self)
        case .uint8: Conversion(UInt8.self)
        case .int8: Conversion(Int8.self)
        case .int32: Conversion(Int32.self)
        case .int64: Conversion(Int64.self)
        case .bool: Conversion(Bool.self)
        case .float16: Conversion(Float16.self)
        case .float64: Conversion(Double.self)
        }
    }
}

/// By way of doubles or integers, a piece at a time: a loop for each type and not for each pair.
private struct CastBody: StepBody {
    private static let pieceCount = 1024

    let count: Int
    let from: Conversion
    let to: Conversion

    var kernelName: String { "cast" }
    var form: BufferForm { .plain }
    var scratchBytes: Int { 8 * Self.pieceCount }

    func run(_ buffers: StepBuffers) {
        for start in stride(from: 0, to: count, by: Self.pieceCount) {
            let range = start..<min(start + Self.pieceCount, count)
            if from.isInteger {
                let numbers = buffers.scratch(as: Int64.self)
                from.loadIntegers(buffers.inputs[0], range, numbers)
                to.storeIntegers(numbers, buffers.outputs[0], range)
            } else {
                let numbers = buffers.scratch(as: Double.self)
                from.loadDoubles(buffers.inputs[0], range, numbers)
                to.storeDoubles(numbers, buffers.outputs[0], range)
            }
        }
    }
}
