/// ONNX Equal-13: whether two values are equal, element by element, broadcast.
struct Equal: ComparingOperator {
    static let name = "Equal"

    let broadcast: Broadcast

    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a == b }
}
