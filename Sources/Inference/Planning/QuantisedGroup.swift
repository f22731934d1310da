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

/// v * factor + term, for each channel of a value: what a batch normalisation computes.
struct ChannelLine: Sendable, Equatable {
    let factors: [Float]
    let terms: [Float]

    /// This line, then another.
    func then(_ next: ChannelLine) -> ChannelLine? {
        guard factors.count == next.factors.count else { return nil }
        let factors = zip(factors, next.factors).map { $0 * $1 }
        let terms = zip(zip(terms, next.factors), next.terms).map { $0.0 * $0.1 + $1 }
        return ChannelLine(factors: factors, terms: terms)
    }
}
