/// An operator that makes one number of all elements along some axes. Numbers are combined in double precision; int64
/// elements are exact up to 2^53, more than any shape has.
protocol Reduction: Operator {
    var reduced: ReducedAxes { get }
    init(reduced: ReducedAxes)
    static var initial: Double { get }
    static func combine(_ accumulated: Double, _ x: Double) -> Double
    static func finish(_ accumulated: Double, count: Int) -> Double
}

extension Reduction {
    static var attributes: Set<String> { ["axes", "keepdims", "noop_with_empty_axes"] }
    static var initial: Double { 0 }
    static func finish(_ accumulated: Double, count: Int) -> Double { accumulated }

    init(_ context: NodeContext) throws(InferenceError) { self.init(reduced: try ReducedAxes(context)) }

    var resultType: ValueType { reduced.operand.with(shape: reduced.resultShape) }
    var operations: Int { reduced.operand.count }

    func body(_ kernels: KernelSet) -> any StepBody {
        switch reduced.operand.elementType {
        case .int32: ReducingBody<Self, Int32>(axes: reduced)
        case .int64: ReducingBody<Self, Int64>(axes: reduced)
        case .int8: ReducingBody<Self, Int8>(axes: reduced)
        case .uint8: ReducingBody<Self, UInt8>(axes: reduced)
        default: ReducingBody<Self, Float>(axes: reduced)
        }
    }
}
