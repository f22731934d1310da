import CKernels

/// The product of two matrices of 8-bit values, neither of which is known before the run; row-major, in batches.
///
/// The sum of (a - za) * (b - zb) is computed as it stands: no packing, no corrections.
struct MatrixPairBody: StepBody {
    private let rows: Int
    private let depth: Int
    private let columns: Int
    /// Where each batch's matrices begin, in elements.
    private let batches: [Batch]
    private let inputs: [Quantisation]
    private let multiplier: Float
    private let output: Quantisation
    private let range: ck_output_range

    struct Batch: Sendable {
        let left: Int
        let right: Int
        let result: Int
    }

    /// The longest sum of products of two 9-bit numbers that int32 holds.
    private static let largestDepth = Int(Int32.max) / (255 * 255)
    /// Sums in the making, few enough to stay in the first-level cache.
    private static let columnsAtOnce = 1_024

    /// Nil where a sum could overflow.
    init?(rows: Int, depth: Int, columns: Int, batches: [Batch], group: QuantisedGroup) {
        let multiplier = group.inputs[0].scale * group.inputs[1].scale / group.output.scale
        guard depth <= Self.largestDepth, multiplier.isFinite else { return nil }
        self.rows = rows
        self.depth = depth
        self.columns = columns
        self.batches = batches
        inputs = group.inputs
        self.multiplier = multiplier
        output = group.output
        range = group.range
    }

    var kernelName: String { "matmul_i8 swift" }
    var form: BufferForm { .rowMajor }
    var scratchBytes: Int { 4 * min(columns, Self.columnsAtOnce) }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        let lines = rows * batches.count
        for line in (lines * buffers.part / buffers.partCount)..<(lines * (buffers.part + 1) / buffers.partCount) {
            let batch = batches[line / rows], row = line % rows
            let a = buffers.input(0, as: Int8.self) + batch.left + row * depth
            let b = buffers.input(1, as: Int8.self) + batch.right
            let result = buffers.output(as: Int8.self) + batch.result + row * columns
            for first in stride(from: 0, to: columns, by: Self.columnsAtOnce) {
                let count = min(Self.columnsAtOnce, columns - first)
                let sums = buffers.scratch(as: Int32.self)
                add(a, b + first, sums, count)
                for column in 0..<count { result[first + column] = requantised(sums[column]) }
            }
        }
    }

    private func add(
        _ a: UnsafePointer<Int8>, _ b: UnsafePointer<Int8>, _ sums: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        let (leftZero, rightZero) = (inputs[0].zeroPoint, inputs[1].zeroPoint)
        sums.update(repeating: 0, count: count)
        for k in 0..<depth {
            let factor = Int32(a[k]) &- leftZero, line = b + k * columns
            for column in 0..<count { sums[column] &+= factor &* (Int32(line[column]) &- rightZero) }
        }
    }

    /// As requantise.h defines it.
    private func requantised(_ sum: Int32) -> Int8 {
        let low = Float(range.minimum - range.zero_point), high = Float(range.maximum - range.zero_point)
        let steps = min(max(Float(sum) * multiplier, low), high).rounded(.toNearestOrEven)
        return Int8(truncatingIfNeeded: Int32(steps) + range.zero_point)
    }
}
