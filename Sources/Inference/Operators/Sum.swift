/// ONNX Sum-13: the sum of any number of values, broadcast.
struct Sum: ArithmeticOperator {
    static let name = "Sum"
    static let operandCounts = 1...256

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.adding(b) }
}
