/// ONNX ReduceSumSquare-18: the sum of squares along axes.
struct ReduceSumSquare: Reduction {
    static let name = "ReduceSumSquare"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x * x }
}
