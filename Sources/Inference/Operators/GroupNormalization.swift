/// ONNX GroupNormalization-18 and -21 on float32: groups of channels of each image brought to mean 0 and variance 1,
/// then scaled and moved, by numbers for each group (18) or channel (21).
struct GroupNormalization: Operator {
    static let name = "GroupNormalization"
    static let attributes: Set<String> = ["epsilon", "num_groups", "stash_type"]

    private let groups: Int
    private let entries: Int
    private let epsilon: Float
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        resultType = try context.floatType(0)
        groups = try context.integer("num_groups", default: 0)
        epsilon = try context.float("epsilon", default: 1e-5)
        guard try context.integer("stash_type", default: 1) == 1 else { throw context.unsupported("stash_type") }
        guard resultType.shape.count > 1, resultType.count > 0 else {
            throw context.invalid("a value without channels")
        }
        let channels = resultType.shape[1]
        guard groups >= 1, groups <= channels, channels % groups == 0 else {
            throw context.invalid("\(groups) groups of \(channels) channels")
        }
        entries = context.operatorSet < 21 ? groups : channels
        for index in 1...2 where try context.floatType(index).shape != [entries] {
            throw context.invalid("operand \(index) is not \(entries) numbers")
        }
    }

    var operands: [Int] { [0, 1, 2] }

    func body(_ kernels: KernelSet) -> any StepBody {
        let image = resultType.shape[1...].reduce(1, *)
        return NormalisationBody(
            kernelName: "groupnormalization float32", rowLength: image / groups, rows: resultType.shape[0] * groups,
            repeats: image / entries, entries: entries, epsilon: Double(epsilon), hasBias: true)
    }
}
