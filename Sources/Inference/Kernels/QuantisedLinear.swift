/// The arithmetic of a layer of weighted sums in int8: everything per output channel that does not depend on how a
/// kernel wants its weights.
///
/// real output = sum of (x - zx) * sx * w * sw + bias, so the accumulator counts units of sx * sw, starts at
/// bias / (sx * sw) - zx * sum of w, and is multiplied by sx * sw / sy. A line per channel after the layer, v * f + t,
/// is part of that: bias + t / f in place of the bias, and another factor f at the end.
struct QuantisedLinear: Sendable {
    /// `[channels, depth]`, row-major.
    let weights: [Int8]
    let depth: Int
    /// With the input's zero point folded in.
    let bias: [Int32]
    let multipliers: [Float]

    var channels: Int { bias.count }
    var smallestWeight: Int8 { weights.min() ?? 0 }

    /// Nil where int8 arithmetic would not give the exact sums: asymmetric weights, an accumulator that could overflow,
    /// a bias that does not round well to accumulator units. The layer then runs in float.
    ///
    /// - Parameters:
    ///   - weightAxis: the axis of the weights that is the output channel.
    ///   - transposed: whether that axis comes last.
    init?(
        weights constant: FloatConstant, weightAxis: Int, bias: FloatConstant?, channels: Int, group: QuantisedGroup,
        transposed: Bool = false
    ) {
        guard case .quantised(let quantised) = constant, let bytes = quantised.symmetricBytes,
            let scales = quantised.scales(along: weightAxis, count: channels)
        else { return nil }
        let depth = bytes.count / channels
        weights = transposed ? Self.transpose(bytes, rows: depth, columns: channels) : bytes
        self.depth = depth
        let input = group.inputs[0], factors = group.line?.factors ?? Array(repeating: 1, count: channels)
        let terms = group.line?.terms ?? Array(repeating: 0, count: channels)
        guard factors.count == channels, factors.allSatisfy({ $0 != 0 }) else { return nil }
        multipliers = zip(scales, factors).map { (input.scale * $0 * $1) / group.output.scale }
        guard multipliers.allSatisfy({ $0.isFinite }) else { return nil }
        var folded: [Int32] = []
        for channel in 0..<channels {
            var sum = 0, magnitude = 0
            for weight in weights[(channel * depth)..<((channel + 1) * depth)] {
                sum += Int(weight)
                magnitude += abs(Int(weight))
            }
            let unit = Double(input.scale) * Double(scales[channel])
            let further = Double(terms[channel]) / Double(factors[channel]) / unit
            guard
                let units = Self.biasUnits(bias, channel, channels, unit, further, abs(multipliers[channel]))
            else { return nil }
            let start = units - Int(input.zeroPoint) * sum
            // No partial sum leaves this bound, in whatever order a kernel adds.
            guard abs(start) + magnitude * 128 <= Int(Int32.max) else { return nil }
            folded.append(Int32(start))
        }
        self.bias = folded
    }

    /// The bias, and what a line adds, in accumulator units.
    private static func biasUnits(
        _ bias: FloatConstant?, _ channel: Int, _ channels: Int, _ unit: Double, _ further: Double,
        _ multiplier: Float
    ) -> Int? {
        var exact: Double
        switch bias {
        case nil: exact = 0
        case .plain(let tensor):
            guard let values = tensor.floats, values.count == channels else { return nil }
            exact = Double(values[channel]) / unit
        case .quantised(let constant):
            let scales = constant.parameters.scales, zeroPoints = constant.parameters.zeroPoints
            guard let values = constant.tensor.integers, values.count == channels else { return nil }
            let entry = scales.count == 1 ? 0 : channel
            let ratio = Double(scales[entry]) / unit
            let value = values[channel] - zeroPoints[entry]
            // Exporters compute the scale in float32: the same but for its last bits.
            exact = abs(ratio - 1) < 1e-5 ? Double(value) : Double(value) * ratio
        }
        exact += further
        let rounded = exact.rounded(.toNearestOrEven)
        // Rounding may move the result by up to half a multiplier: a sixty-fourth of a step at most is let pass.
        guard abs(rounded) < 2_147_483_648, rounded == exact || multiplier <= 1 / 32 else { return nil }
        return Int(rounded)
    }

    private static func transpose(_ bytes: [Int8], rows: Int, columns: Int) -> [Int8] {
        var result = [Int8](repeating: 0, count: bytes.count)
        for row in 0..<rows {
            for column in 0..<columns { result[column * rows + row] = bytes[row * columns + column] }
        }
        return result
    }
}
