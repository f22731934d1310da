extension QuantisationParameters {
    /// Of a DequantizeLinear node whose operand 0 has the given type.
    init(_ context: NodeContext, dequantising type: ValueType) throws(InferenceError) {
        guard type.elementType.isQuantised || type.elementType == .int32 else {
            throw context.unsupported("dequantising \(type.elementType.name)")
        }
        try self.init(context, shape: type.shape, constantType: type.elementType)
        guard elementType == type.elementType else { throw context.invalid("a zero point of another type") }
    }

    /// Reads scale, zero point and axis of a QuantizeLinear or DequantizeLinear node on an operand of the given shape.
    ///
    /// Scales must be constants, finite and above zero. Without a zero point the result is uint8, as ONNX says, or what
    /// the dequantised constant is.
    init(_ context: NodeContext, shape: [Int], constantType: ElementType? = nil) throws(InferenceError) {
        guard let scales = try context.plainConstant(1)?.floats, !scales.isEmpty else {
            throw context.unsupported("a scale that is not a float32 constant")
        }
        guard scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw context.invalid("a scale that is not above zero")
        }
        guard try context.integer("block_size", default: 0) == 0 else {
            throw context.unsupported("quantisation in blocks")
        }
        guard try context.integer("saturate", default: 1) == 1 else {
            throw context.unsupported("no saturation")
        }
        let zeroPoint = try context.plainConstant(2)
        let type = zeroPoint?.elementType ?? constantType ?? .uint8
        for name in ["output_dtype", "precision"] {
            let wanted = try context.integer(name, default: 0)
            let fits = wanted == 0 || wanted == ElementType.float32.rawValue || wanted == type.rawValue
            guard fits else { throw context.unsupported("\(name) \(wanted)") }
        }
        guard type.isQuantised || type == .int32 else { throw context.unsupported("a zero point of \(type.name)") }
        let zeroPoints = zeroPoint?.integers ?? Array(repeating: 0, count: scales.count)
        guard zeroPoints.count == scales.count else { throw context.invalid("other counts of scales and zero points") }
        var axis = try context.integer("axis", default: 1)
        if scales.count > 1 {
            if axis < 0 { axis += shape.count }
            guard shape.indices.contains(axis), shape[axis] == scales.count else {
                throw context.invalid("\(scales.count) scales for axis \(axis) of \(describe(shape: shape))")
            }
        }
        self.init(scales: scales, zeroPoints: zeroPoints, axis: axis, elementType: type)
    }
}
