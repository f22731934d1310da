import CKernels

/// A layer of weighted sums as its kernel wants it: packed weights, and bias and multipliers up to whole blocks of
/// output channels.
struct PackedLayer: Sendable {
    let kernel: Kernel
    let weights: AlignedBytes
    let bias: AlignedBytes
    let multipliers: AlignedBytes
    /// Whether no scaled sum is so large that rounding it takes the long way.
    let isBounded: Bool

    /// Packs the output channels `channels` of a layer for the best kernel that takes their shape and their weights.
    ///
    /// - Parameters:
    ///   - byteCount: the packed weights' size for a kernel; 0 where it is not meant for the shape.
    ///   - pack: packs the weights `[channels, depth]`; 0 where the kernel would not be exact with them.
    init(
        _ layer: QuantisedLinear, channels: Range<Int>, candidates: [Kernel],
        byteCount: (UnsafePointer<ck_kernel>) -> Int,
        pack: (UnsafePointer<ck_kernel>, UnsafePointer<Int8>, UnsafeMutableRawPointer) -> Int32
    ) {
        let capacity = ck_packed_columns(channels.count)
        bias = AlignedBytes(Array(layer.bias[channels]), capacity: capacity)
        multipliers = AlignedBytes(Array(layer.multipliers[channels]), capacity: capacity)
        let rows = layer.weights[(channels.lowerBound * layer.depth)..<(channels.upperBound * layer.depth)]
        isBounded = rows.withUnsafeBufferPointer { [bias, multipliers] weights in
            guard let first = weights.baseAddress else { return false }
            return ck_sums_are_bounded(
                channels.count, layer.depth, first, bias.values(as: Int32.self), multipliers.values(as: Float.self)
            ) != 0
        }
        for kernel in candidates {
            let count = byteCount(kernel.pointer)
            guard count > 0 else { continue }
            let packed = AlignedBytes(count: count)
            let isExact = rows.withUnsafeBufferPointer { weights in
                weights.baseAddress.map { pack(kernel.pointer, $0, packed.pointer) } ?? 0
            }
            guard isExact != 0 else { continue }
            self.kernel = kernel
            weights = packed
            return
        }
        preconditionFailure("the scalar reference refused a layer")
    }

    var byteCount: Int { weights.count + bias.count + multipliers.count }
}
