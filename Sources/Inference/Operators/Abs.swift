/// ONNX Abs-13: |x|.
struct Abs: ArithmeticFunction {
    static let name = "Abs"

    let operand: ValueType

    static func value<Element: ArithmeticElement>(of x: Element) -> Element { x < x.subtracting(x) ? x.negated : x }
}
