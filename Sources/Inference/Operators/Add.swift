/// ONNX Add-14: the sum of two values, broadcast.
struct Add: ArithmeticOperator, JoiningOperator {
    static let name = "Add"

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.adding(b) }

    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? { PairBody(.sum, group) }
}
