/// ONNX ArgMin-13: where along an axis the smallest element is, as int64.
struct ArgMin: ExtremePlaceOperator {
    static let name = "ArgMin"

    let search: ExtremeSearch

    static func exceeds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool { a < b }
}
