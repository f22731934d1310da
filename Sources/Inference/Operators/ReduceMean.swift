/// ONNX ReduceMean-18: the mean along axes.
struct ReduceMean: Reduction {
    static let name = "ReduceMean"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x }
    static func finish(_ sum: Double, count: Int) -> Double { sum / Double(count) }
}
