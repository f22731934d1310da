/// ONNX Pad-13 to -25 with constant pads: a value with a border of one element (`constant`), of its mirror image
/// (`reflect`), of its edge (`edge`) or of its other side (`wrap`). Negative pads cut off.
struct Pad: MovingOperator {
    static let name = "Pad"
    static let attributes: Set<String> = ["mode"]

    private let inputType: ValueType
    private let mode: Mode
    /// Entries before each axis.
    private let before: [Int]
    private let filler: Tensor?
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.type(0)
        let rank = inputType.shape.count
        mode = try Mode(context)
        guard let listed = try context.integers(operand: 1) else { throw context.invalid("no pads") }
        let axes = try context.axes(try context.integers(operand: 3) ?? Array(0..<rank), rank: rank)
        let largest = WindowAxis.largest
        guard listed.count == 2 * axes.count, listed.allSatisfy({ (-largest...largest).contains($0) }) else {
            throw context.invalid("impossible pads")
        }
        filler = try context.plainConstant(2)
        if let filler, filler.count != 1 || filler.elementType != inputType.elementType {
            throw context.invalid("a filler that is not one \(inputType.elementType.name)")
        }
        var before = [Int](repeating: 0, count: rank), behind = before
        for (index, axis) in axes.enumerated() {
            (before[axis], behind[axis]) = (listed[index], listed[index + axes.count])
        }
        var shape: [Int] = []
        for (axis, extent) in inputType.shape.enumerated() {
            shape.append(extent + before[axis] + behind[axis])
            guard shape[axis] >= 0, extent > 0 || mode == .constant else {
                throw context.invalid("pads that leave nothing of axis \(axis)")
            }
        }
        self.before = before
        resultType = inputType.with(shape: shape)
    }

    var addsNothing: Bool { mode != .constant }

    func movement(elementBytes: Int) -> any StepBody {
        // In signed form; see BufferForm.rowMajor.
        let absent: UInt8 = inputType.elementType == .uint8 ? 0x80 : 0
        let bytes = filler?.bytes.array.map { $0 ^ absent } ?? Array(repeating: absent, count: elementBytes)
        return body(elementBytes: elementBytes, filler: bytes)
    }

    /// The filler becomes a number of 8 bits like any other.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard group.isUniform, group.clamp == Quantisation.everything, inputType.elementType == .float32
        else { return nil }
        let filler = filler?.floats?.first ?? 0
        guard filler.isFinite else { return nil }
        let value = group.output.quantised(filler)
        if mode == .constant, let input = ImageShape(group.inputTypes[0]), let output = ImageShape(group.outputType),
            input.isBlocked, output.isBlocked, input.channels == output.channels, input.images == output.images,
            before[0] == 0, before[1] == 0, before[2] >= 0, before[3] >= 0,
            before[2] + input.rows <= output.rows, before[3] + input.columns <= output.columns
        {
            return BorderBody(
                input: input, output: output, top: before[2], left: before[3], value: value, kernels: group.kernels)
        }
        return body(elementBytes: 1, filler: [UInt8(bitPattern: value)])
    }

    private func body(elementBytes: Int, filler: [UInt8]) -> any StepBody {
        let before = before, mode = mode, extents = inputType.shape
        return PickBody(
            "pad", elementBytes: elementBytes, inputShape: extents, resultShape: resultType.shape, filler: filler
        ) { axis, entry in mode.place(entry - before[axis], extents[axis]) }
    }

    private enum Mode: Sendable {
        case constant, reflect, edge, wrap

        init(_ context: NodeContext) throws(InferenceError) {
            switch try context.text("mode", default: "constant") {
            case "constant": self = .constant
            case "reflect": self = .reflect
            case "edge": self = .edge
            case "wrap": self = .wrap
            case let other: throw context.invalid("mode \(other)")
            }
        }

        /// Where an entry comes from that lies at `place` of an axis, or outside it.
        func place(_ place: Int, _ extent: Int) -> Int {
            if (0..<extent).contains(place) { return place }
            switch self {
            case .constant: return -1
            case .edge: return min(max(place, 0), extent - 1)
            case .wrap: return (place % extent + extent) % extent
            case .reflect:
                // There and back again, the ends once each.
                let period = max(2 * (extent - 1), 1), turn = (place % period + period) % period
                return min(turn, period - turn)
            }
        }
    }
}
