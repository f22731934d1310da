/// Numbers that operators compute with. Integers wrap around, as they do in every runtime.
protocol ArithmeticElement: TensorElement, Comparable {
    func adding(_ other: Self) -> Self
    func subtracting(_ other: Self) -> Self
    func multiplied(by other: Self) -> Self
    /// Integers are divided towards zero; dividing by zero, which ONNX leaves open, gives 0.
    func divided(by other: Self) -> Self
    var negated: Self { get }
}

extension Float: ArithmeticElement {
    func adding(_ other: Float) -> Float { self + other }
    func subtracting(_ other: Float) -> Float { self - other }
    func multiplied(by other: Float) -> Float { self * other }
    func divided(by other: Float) -> Float { self / other }
    var negated: Float { -self }
}

extension ArithmeticElement where Self: FixedWidthInteger {
    func adding(_ other: Self) -> Self { self &+ other }
    func subtracting(_ other: Self) -> Self { self &- other }
    func multiplied(by other: Self) -> Self { self &* other }
    func divided(by other: Self) -> Self {
        other == 0 ? 0 : dividedReportingOverflow(by: other).partialValue
    }
    var negated: Self { 0 &- self }
}

extension UInt8: ArithmeticElement {}
extension Int8: ArithmeticElement {}
extension Int32: ArithmeticElement {}
extension Int64: ArithmeticElement {}

/// Add and its like: operands of one type, broadcast, combined element by element.
protocol ArithmeticOperator: ElementwiseOperator {
    /// How many operands there may be.
    static var operandCounts: ClosedRange<Int> { get }
    var broadcast: Broadcast { get }
    init(broadcast: Broadcast)
    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element
}

extension ArithmeticOperator {
    static var operandCounts: ClosedRange<Int> { 2...2 }

    init(_ context: NodeContext) throws(InferenceError) {
        self.init(
            broadcast: try Broadcast(
                context, counts: Self.operandCounts, types: [.float32, .uint8, .int8, .int32, .int64]))
    }

    var resultType: ValueType { ValueType(elementType: broadcast.elementType, shape: broadcast.shape) }
    var operands: [Int] { Array(broadcast.operands.indices) }

    func body(_ kernels: KernelSet) -> any StepBody {
        let name = Self.name.lowercased()
        switch broadcast.elementType {
        case .uint8: return CombiningBody<UInt8>(name, broadcast) { Self.combine($0, $1) }
        case .int8: return CombiningBody<Int8>(name, broadcast) { Self.combine($0, $1) }
        case .int32: return CombiningBody<Int32>(name, broadcast) { Self.combine($0, $1) }
        case .int64: return CombiningBody<Int64>(name, broadcast) { Self.combine($0, $1) }
        default: return CombiningBody<Float>(name, broadcast) { Self.combine($0, $1) }
        }
    }
}
