/// ONNX ReduceL2-18: the root of the sum of squares along axes.
struct ReduceL2: Reduction {
    static let name = "ReduceL2"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x * x }
    static func finish(_ sum: Double, count: Int) -> Double { sum.squareRoot() }
}
