/// ONNX Mul-14: the product of two values, broadcast.
struct Mul: ArithmeticOperator, JoiningOperator {
    static let name = "Mul"

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.multiplied(by: b) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { PairBody(.product, group) }
}
