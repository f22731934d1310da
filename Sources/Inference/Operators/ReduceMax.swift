/// ONNX ReduceMax-20: the largest element along axes.
struct ReduceMax: Reduction {
    static let name = "ReduceMax"

    let reduced: ReducedAxes

    static var initial: Double { -.infinity }
    static func combine(_ largest: Double, _ x: Double) -> Double { x > largest || x.isNaN ? x : largest }
}
