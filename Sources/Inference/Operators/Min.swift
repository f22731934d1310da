/// ONNX Min-13: the smaller of each element of any number of values, broadcast; not-a-number prevails.
struct Min: ArithmeticOperator {
    static let name = "Min"
    static let operandCounts = 1...256

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a < b || a != a ? a : b }
}
