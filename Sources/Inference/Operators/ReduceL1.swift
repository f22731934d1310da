/// ONNX ReduceL1-18: the sum of magnitudes along axes.
struct ReduceL1: Reduction {
    static let name = "ReduceL1"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x.magnitude }
}
