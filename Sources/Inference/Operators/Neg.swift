/// ONNX Neg-13: -x.
struct Neg: ArithmeticFunction {
    static let name = "Neg"

    let operand: ValueType

    static func value<Element: ArithmeticElement>(of x: Element) -> Element { x.negated }
}
