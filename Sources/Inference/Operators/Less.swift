/// ONNX Less-13: whether a is below b, element by element, broadcast.
struct Less: ComparingOperator {
    static let name = "Less"

    let broadcast: Broadcast

    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a < b }
}
