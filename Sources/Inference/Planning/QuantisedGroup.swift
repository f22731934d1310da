import CKernels

/// What surrounds an operator that runs in 8 bits: a DequantizeLinear on each operand that is a value of the run, and
/// after its result perhaps a line per channel, ReLU and Clip, and in the end a QuantizeLinear.
struct QuantisedGroup {
    /// Of the operands that are values of the run, in order.
    let inputs: [Quantisation]
    /// Their types before the DequantizeLinear.
    let inputTypes: [ValueType]
    let output: Quantisation
    /// Of the QuantizeLinear's result.
    let outputType: ValueType
    /// What comes between the operator and ReLU or Clip, for layers of weighted sums alone.
    let line: ChannelLine?
    /// What fused ReLU and Clip leave.
    let clamp: ClosedRange<Float>
    let kernels: KernelSet

    /// Input and result have the very same scale and zero point.
    var isUniform: Bool { inputs.allSatisfy { $0 == output } }
    var range: ck_output_range { output.range(clamp: clamp) }
}

/// v * factor + term, for each entry of an axis of a value: what a batch normalisation computes.
struct ChannelLine: Sendable, Equatable {
    /// Nil where one factor and one term are for all.
    let axis: Int?
    let factors: [Float]
    let terms: [Float]

    /// The same line along an axis of so many entries; nil where it runs along another.
    func along(_ axis: Int, count: Int) -> ChannelLine? {
        guard self.axis != nil || factors.count != 1 else {
            return ChannelLine(
                axis: axis, factors: Array(repeating: factors[0], count: count),
                terms: Array(repeating: terms[0], count: count))
        }
        return self.axis == axis && factors.count == count ? self : nil
    }

    /// This line, then another; nil where they run along different axes.
    func then(_ next: ChannelLine) -> ChannelLine? {
        let axis = axis ?? next.axis, count = max(factors.count, next.factors.count)
        guard let axis else {
            return ChannelLine(
                axis: nil, factors: [factors[0] * next.factors[0]], terms: [terms[0] * next.factors[0] + next.terms[0]])
        }
        guard let one = along(axis, count: count), let two = next.along(axis, count: count) else { return nil }
        let joinedFactors = zip(one.factors, two.factors).map { $0 * $1 }
        let joinedTerms = (0..<count).map { one.terms[$0] * two.factors[$0] + two.terms[$0] }
        return ChannelLine(axis: axis, factors: joinedFactors, terms: joinedTerms)
    }
}
