/// ONNX ReduceMin-20: the smallest element along axes.
struct ReduceMin: Reduction {
    static let name = "ReduceMin"

    let reduced: ReducedAxes

    static var initial: Double { .infinity }
    static func combine(_ smallest: Double, _ x: Double) -> Double { x < smallest || x.isNaN ? x : smallest }
}
