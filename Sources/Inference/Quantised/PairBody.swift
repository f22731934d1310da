import CKernels

/// How the smaller of two 8-bit values meets the larger, in calls of a kernel that knows three axes of its own.
struct PairShape: Sendable, Equatable {
    let shape: ck_broadcast
    let calls: Int
    /// Bytes from one call's share of the larger value, and of the smaller, to the next.
    let largeStride: Int
    let smallStride: Int

    /// Nil where the values meet in no way that the kernels know.
    init?(large: ValueType, small: ValueType) {
        if large.shape == small.shape {
            self.init(outer: 1, repeated: 1, inner: large.byteCount)
        } else if small.count == 1 {
            self.init(outer: 1, repeated: large.byteCount, inner: 1)
        } else if large.isBlocked {
            guard let image = ImageShape(large), let other = ImageShape(small), other.images == image.images
            else { return nil }
            let block = Int(CK_BLOCK_CHANNELS), blocks = image.images * image.storedChannels / block
            if other.isBlocked, other.channels == image.channels, other.pixels == 1 {
                self.init(outer: blocks, repeated: image.pixels, inner: block)
            } else if other.channels == 1, image.images == 1,
                (other.rows, other.columns) == (image.rows, image.columns)
            {
                // One map for all channels.
                self.init(
                    outer: image.pixels, repeated: block, inner: 1, calls: blocks, largeStride: image.pixels * block,
                    smallStride: 0)
            } else {
                return nil
            }
        } else {
            guard !small.isBlocked else { return nil }
            self.init(rowMajor: large.shape, small.shape)
        }
    }

    private init(outer: Int, repeated: Int, inner: Int, calls: Int = 1, largeStride: Int = 0, smallStride: Int = 0) {
        shape = ck_broadcast(outer: outer, repeat: repeated, inner: inner)
        self.calls = calls
        self.largeStride = largeStride
        self.smallStride = smallStride
    }

    /// Equal axes, then axes along which the smaller value is repeated, then equal axes.
    private init?(rowMajor large: [Int], _ small: [Int]) {
        guard small.count <= large.count else { return nil }
        let small = Array(repeating: 1, count: large.count - small.count) + small
        var sizes = [1, 1, 1], part = 0
        for (a, b) in zip(large, small) where a != 1 {
            guard a == b || b == 1 else { return nil }
            let isRepeated = b != a
            if isRepeated != (part == 1) { part += 1 }
            guard part < 3 else { return nil }
            sizes[part] *= a
        }
        self.init(outer: sizes[0], repeated: sizes[1], inner: sizes[2])
    }

    static func == (left: PairShape, right: PairShape) -> Bool {
        (left.shape.outer, left.shape.repeat, left.shape.inner, left.calls)
            == (right.shape.outer, right.shape.repeat, right.shape.inner, right.calls)
            && (left.largeStride, left.smallStride) == (right.largeStride, right.smallStride)
    }
}

/// What a pair of 8-bit values becomes.
enum PairOperation: Sendable {
    case sum
    case difference
    case product
}

/// Sum, difference or product of two 8-bit values; the smaller is repeated along the larger.
struct PairBody: StepBody {
    private let operation: PairOperation
    private let shape: PairShape
    /// Which operand is the larger, and the other.
    private let large: Int
    private let small: Int
    private let inputs: [Quantisation]
    private let output: Quantisation
    private let range: ck_output_range
    private let kernel: Kernel

    /// Nil where the operands meet in no way that the kernels know.
    init?(_ operation: PairOperation, _ group: QuantisedGroup) {
        guard group.inputTypes.count == 2 else { return nil }
        let types = group.inputTypes
        large = types[0].shape == group.outputType.shape ? 0 : 1
        small = 1 - large
        guard types[large].shape == group.outputType.shape,
            let shape = PairShape(large: types[large], small: types[small])
        else { return nil }
        self.operation = operation
        self.shape = shape
        inputs = group.inputs
        output = group.output
        range = group.range
        kernel = group.kernels.kernel(operation == .product ? CK_MUL_I8 : CK_ADD_I8)
        let scales = inputs.map(\.scale)
        let multipliers = [scales[0] / output.scale, scales[1] / output.scale, scales[0] * scales[1] / output.scale]
        guard multipliers.allSatisfy({ $0.isFinite }) else { return nil }
    }

    var kernelName: String { kernel.name }
    var isDivisible: Bool { true }
    /// The kernels may write over their first operand alone.
    var sharing: [MemorySharing] { [.inPlace(result: 0, operand: large)] }

    func run(_ buffers: StepBuffers) {
        for call in 0..<shape.calls {
            let a = buffers.input(large, as: Int8.self) + call * shape.largeStride
            let b = buffers.input(small, as: Int8.self) + call * shape.smallStride
            let result = buffers.output(as: Int8.self) + call * shape.largeStride
            switch operation {
            case .product:
                var arguments = ck_mul_i8(
                    shape: shape.shape, a: a, b: b, output: result, a_zero_point: inputs[large].zeroPoint,
                    b_zero_point: inputs[small].zeroPoint,
                    multiplier: inputs[large].scale * inputs[small].scale / output.scale, range: range,
                    part: buffers.part, part_count: buffers.partCount)
                kernel.row.run.mul_i8(&arguments)
            case .sum, .difference:
                var arguments = ck_add_i8(
                    shape: shape.shape, a: a, b: b, output: result, a_zero_point: inputs[large].zeroPoint,
                    b_zero_point: inputs[small].zeroPoint, a_multiplier: multiplier(large),
                    b_multiplier: multiplier(small), range: range, part: buffers.part, part_count: buffers.partCount)
                kernel.row.run.add_i8(&arguments)
            }
        }
    }

    /// What an operand is multiplied with in a sum.
    private func multiplier(_ operand: Int) -> Float {
        let multiplier = inputs[operand].scale / output.scale
        return operation == .difference && operand == 1 ? -multiplier : multiplier
    }
}
