/// Computes while loading what does not depend on the inputs, by the bodies that would have run it: the integers in
/// which exporters compute shapes above all. What all of a graph's folding may cost is bounded, for every node of a
/// hostile file could ask for the most that one node may.
struct ConstantFolding {
    private let limits: ModelLimits
    private var operations = 0
    private var bytes = 0

    init(limits: ModelLimits) { self.limits = limits }

    /// Refuses an operator that is too much on top of those before it, before anything is derived from its sizes.
    mutating func charge(
        _ decoded: any Operator, on operands: [ValueType], _ label: String
    ) throws(InferenceError) {
        try charge(decoded.resultTypes, label)
        try charge(decoded.operations, reading: operands, label)
    }

    /// The results of an operator that has been charged.
    func results(of decoded: any Operator, _ operands: [Tensor], _ label: String) throws(InferenceError) -> [Tensor] {
        // The scalar kernels compute constants, so that they are the same on every processor.
        try results(of: decoded.body(try .named("scalar")), operands, decoded.resultTypes, label)
    }

    /// A constant with its scales after an operator that only moves elements, such as the transposition that exporters
    /// leave behind the weights of dense layers; nil where the scales do not go along.
    mutating func moved(
        _ constant: QuantisedConstant, by decoded: any Operator, _ context: NodeContext
    ) throws(InferenceError) -> QuantisedConstant? {
        guard let moving = decoded as? any MovingOperator, moving.addsNothing, moving.operands == [0],
            moving.resultTypes.count == 1
        else { return nil }
        var parameters = constant.parameters
        if parameters.scales.count > 1 {
            guard let axis = moving.place(ofAxis: parameters.axis) else { return nil }
            parameters.axis = axis
        }
        let label = context.node.label, type = moving.resultType.with(elementType: constant.tensor.elementType)
        try charge([type], label)
        try charge(moving.operations, reading: [constant.type], label)
        let body = moving.movement(elementBytes: type.elementType.byteCount)
        let tensors = try results(of: body, [constant.tensor], [type], label)
        return QuantisedConstant(tensor: tensors[0], parameters: parameters)
    }

    private mutating func charge(_ types: [ValueType], _ label: String) throws(InferenceError) {
        for type in types {
            let count = try limits.elementCount(of: type.shape, label)
            try add(count * type.elementType.byteCount, to: &bytes, limits.foldedBytes, "folded bytes", label)
        }
    }

    /// Reading an element costs as much as computing one.
    private mutating func charge(
        _ cost: Int, reading operands: [ValueType], _ label: String
    ) throws(InferenceError) {
        for cost in [cost] + operands.map(\.count) {
            try add(cost, to: &operations, limits.foldedOperations, "folded operations", label)
        }
    }

    private func results(
        of body: any StepBody, _ operands: [Tensor], _ types: [ValueType], _ label: String
    ) throws(InferenceError) -> [Tensor] {
        let body = FormAdapter.fit(body, inputs: operands.map { ValueType($0) }, outputs: types)
        // Scratch memory is given back.
        var total = bytes
        try add(body.scratchBytes, to: &total, limits.foldedBytes, "folded bytes", label)
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
