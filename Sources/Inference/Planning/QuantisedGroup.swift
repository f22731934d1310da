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
    let axis: Int
    let factors: [Float]
    let terms: [Float]

    /// This line, then another; nil where they run along different axes.
    func then(_ next: ChannelLine) -> ChannelLine? {
        guard axis == next.axis, factors.count == next.factors.count else { return nil }
        let joinedFactors = zip(factors, next.factors).map { $0 * $1 }
        let joinedTerms = factors.indices.map { terms[$0] * next.factors[$0] + next.terms[$0] }
        return ChannelLine(axis: axis, factors: joinedFactors, terms: joinedTerms)
    }
}
