import CKernels

/// Weights, biases and multipliers in the order and padding a matrix kernel's tile wants. Packed once, at load.
struct PackedMatrix: Sendable {
    let weights: [Int8]
    let bias: [Int32]
    let multipliers: [Float]

    /// - Parameters:
    ///   - channels: the output channels to take, a group of a convolution.
    ///   - rows: their weights, `[channels, depth]`, in the order in which the kernel reads a patch.
    init(rows: [Int8], depth: Int, layer: QuantisedLinear, channels: Range<Int>, tile: ck_tile) {
        var packed = [Int8](repeating: 0, count: ck_packed_weight_bytes(tile, depth, channels.count))
        ck_pack_weights(tile, depth, channels.count, rows, &packed)
        weights = packed
        let surplus = ck_packed_columns(tile, channels.count) - channels.count
        bias = layer.bias[channels] + Array(repeating: 0, count: surplus)
        multipliers = layer.multipliers[channels] + Array(repeating: 0, count: surplus)
    }

    var byteCount: Int { weights.count + 4 * bias.count + 4 * multipliers.count }
}
