/// Computes while loading what does not depend on the inputs, by the bodies that would have run it: the integers in
/// which exporters compute shapes above all. What all of a graph's folding may cost is bounded, for every node of a
/// hostile file could ask for the most that one node may.
struct ConstantFolding {
    private let limits: ModelLimits
    private var operations = 0
    private var bytes = 0

    init(limits: ModelLimits) { self.limits = limits }

    /// The operator's results on constant operands.
    mutating func results(
        of decoded: any Operator, _ operands: [Tensor], _ context: NodeContext
    ) throws(InferenceError) -> [Tensor] {
        let label = context.node.label, types = decoded.resultTypes
        for type in types {
            let count = try limits.elementCount(of: type.shape, label)
            try add(count * type.elementType.byteCount, to: &bytes, limits.foldedBytes, "folded bytes", label)
        }
        try add(decoded.operations, to: &operations, limits.foldedOperations, "folded operations", label)
        // The scalar kernels compute constants, so that they are the same on every processor.
        let body = FormAdapter.fit(
            decoded.body(try .named("scalar")), inputs: operands.map { ValueType($0) }, outputs: types)
        try add(body.scratchBytes, to: &bytes, limits.foldedBytes, "folded bytes", label)
        bytes -= body.scratchBytes
        return body.results(of: operands, types: types)
    }

    private func add(
        _ cost: Int, to sum: inout Int, _ maximum: Int, _ limit: String, _ label: String
    ) throws(InferenceError) {
        let (total, overflow) = sum.addingReportingOverflow(cost)
        guard cost >= 0, !overflow, total <= maximum else {
            throw .limitExceeded(limit: limit, value: overflow ? Int.max : total, maximum: maximum, path: label)
        }
        sum = total
    }
}
