/// ONNX Greater-13: whether a is above b, element by element, broadcast.
struct Greater: ComparingOperator {
    static let name = "Greater"

    let broadcast: Broadcast

    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a > b }
}
