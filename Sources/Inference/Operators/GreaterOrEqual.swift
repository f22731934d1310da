/// ONNX GreaterOrEqual-16: whether a is not below b, element by element, broadcast.
struct GreaterOrEqual: ComparingOperator {
    static let name = "GreaterOrEqual"

    let broadcast: Broadcast

    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a >= b }
}
