/// ONNX ArgMax-13: where along an axis the largest element is, as int64.
struct ArgMax: ExtremePlaceOperator {
    static let name = "ArgMax"

    let search: ExtremeSearch

    static func exceeds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a > b }
}
