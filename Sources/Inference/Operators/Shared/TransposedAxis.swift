/// One axis of a transposed convolution.
struct TransposedAxis: Sendable {
    let input: Int
    let taps: Int
    let stride: Int
    let dilation: Int
    /// Places cut off before the result.
    let pad: Int
    let output: Int

    func shuffle(_ axis: TransposedConvolution.Axis) -> PhaseShuffleBody.Axis {
        PhaseShuffleBody.Axis(
            stride: stride, places: axis.places, offset: pad - axis.first * stride, output: output)
    }

    /// The axis that is not there.
    static let single = TransposedAxis(input: 1, taps: 1, stride: 1, dilation: 1, pad: 0, output: 1)

    static func all(
        _ context: NodeContext, input: [Int], weights: [Int]
    ) throws(InferenceError) -> [TransposedAxis] {
        let rank = input.count - 2, largest = WindowAxis.largest
        guard rank == 1 || rank == 2, weights.count == input.count else {
            throw context.unsupported("a value of \(input.count) axes; only [N, C, L] and [N, C, H, W]")
        }
        let size = Array(weights[2...]), ones = [Int](repeating: 1, count: rank)
        let strides = try context.integers("strides") ?? ones, dilations = try context.integers("dilations") ?? ones
        let extra = try context.integers("output_padding") ?? ones.map { _ in 0 }
        let wanted = try context.integers("output_shape")
        let padding = try Padding(context, rank: rank)
        let counts = [size, strides, dilations, extra.map { $0 + ($0 == Int.max ? 0 : 1) }, wanted ?? ones]
        guard try context.integers("kernel_shape") ?? size == size,
            counts.allSatisfy({ $0.count == rank && $0.allSatisfy { (1...largest).contains($0) } })
        else { throw context.invalid("an impossible kernel, stride, dilation or output") }
        var axes: [TransposedAxis] = []
        for axis in 0..<rank {
            let span = (size[axis] - 1) * dilations[axis] + 1
            let whole = strides[axis] * (input[2 + axis] - 1) + extra[axis] + span
            let pads = padding.transposedPads(
                axis: axis, whole: whole, extent: input[2 + axis], stride: strides[axis], wanted: wanted?[axis])
            let output = wanted?[axis] ?? (whole - pads.before - pads.behind)
            guard output >= 1 else { throw context.invalid("pads that leave nothing") }
            axes.append(
                TransposedAxis(
                    input: input[2 + axis], taps: size[axis], stride: strides[axis], dilation: dilations[axis],
                    pad: pads.before, output: output))
        }
        return axes
    }
}

extension Padding {
    /// How much is cut off before and behind the result of a transposed convolution, which is `whole` long before that.
    fileprivate func transposedPads(
        axis: Int, whole: Int, extent: Int, stride: Int, wanted: Int?
    ) -> (before: Int, behind: Int) {
        switch self {
        case .explicit(let pads) where wanted == nil: return (pads[axis], pads[axis + pads.count / 2])
        case .explicit:
            // ONNX: the larger half is cut off before the result unless SAME_UPPER says otherwise.
            let total = max(0, whole - (wanted ?? whole))
            return (total - total / 2, total / 2)
        case .same(let oddBefore):
            let total = max(0, whole - (wanted ?? extent * stride))
            return oddBefore ? (total - total / 2, total / 2) : (total / 2, total - total / 2)
        }
    }
}
