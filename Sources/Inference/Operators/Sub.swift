/// ONNX Sub-14: the difference of two values, broadcast.
struct Sub: ArithmeticOperator, JoiningOperator {
    static let name = "Sub"

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.subtracting(b) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { PairBody(.difference, group) }
}
