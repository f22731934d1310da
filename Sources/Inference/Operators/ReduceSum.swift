/// ONNX ReduceSum-13: the sum along axes.
struct ReduceSum: Reduction {
    static let name = "ReduceSum"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x }
}
