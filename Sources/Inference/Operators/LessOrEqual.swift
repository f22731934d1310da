/// ONNX LessOrEqual-16: whether a is not above b, element by element, broadcast.
struct LessOrEqual: ComparingOperator {
    static let name = "LessOrEqual"

    let broadcast: Broadcast

    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a <= b }
}
