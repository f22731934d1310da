/// ONNX ReduceLogSum-18: the logarithm of the sum along axes.
struct ReduceLogSum: Reduction {
    static let name = "ReduceLogSum"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x }
    static func finish(_ sum: Double, count: Int) -> Double { Mathematics.logarithm(sum) }
}
