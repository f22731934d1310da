/// ONNX Div-14: the quotient of two values, broadcast.
struct Div: ArithmeticOperator {
    static let name = "Div"

    let broadcast: Broadcast

    static func combine<Element: ArithmeticElement>(_ a: Element, _ b: Element) -> Element { a.divided(by: b) }
}
