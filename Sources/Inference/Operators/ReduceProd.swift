/// ONNX ReduceProd-18: the product along axes.
struct ReduceProd: Reduction {
    static let name = "ReduceProd"

    let reduced: ReducedAxes

    static var initial: Double { 1 }
    static func combine(_ product: Double, _ x: Double) -> Double { product * x }
}
