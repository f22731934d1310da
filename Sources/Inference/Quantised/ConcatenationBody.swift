import CKernels

/// Joins 8-bit values along an axis, each brought to the result's scale. What lies within the result already and has
/// its scale is not touched.
struct ConcatenationBody: StepBody {
    private struct Piece: Sendable {
        /// Runs of adjacent bytes, or of one image's rows where they are not adjacent.
        let copy: Copy
        /// Nil where the scales are equal.
        let table: AlignedBytes?
    }

    private enum Copy: Sendable {
        /// `count` bytes each, at these distances in the operand and the result.
        case runs(count: Int, times: Int, inputStride: Int, outputStride: Int, outputStart: Int)
        /// A part of an image.
        case image(from: ImageShape, to: ImageShape, channel: Int, row: Int, column: Int)
    }

    private let pieces: [Piece]
    private let copyKernel: Kernel
    private let lookupKernel: Kernel
    let sharing: [MemorySharing]
    let scratchBytes: Int

    init(axis: Int, group: QuantisedGroup) {
        copyKernel = group.kernels.kernel(CK_COPY_I8)
        lookupKernel = group.kernels.kernel(CK_LOOKUP_I8)
        var pieces: [Piece] = [], sharing: [MemorySharing] = [], scratch = 0, start = 0
        for (index, type) in group.inputTypes.enumerated() {
            let copy = Self.copy(type, to: group.outputType, axis: axis, start: start)
            let table = group.table(forInput: index).map { AlignedBytes($0) }
            if case .runs(_, times: 1, _, _, let outputStart) = copy {
                sharing.append(
                    .part(operand: index, result: 0, offset: outputStart, isRewritten: table != nil))
            } else if table != nil {
                scratch = max(scratch, type.byteCount)
            }
            pieces.append(Piece(copy: copy, table: table))
            start += type.shape[axis]
        }
        self.pieces = pieces
        self.sharing = sharing
        scratchBytes = scratch
    }

    private static func copy(_ type: ValueType, to result: ValueType, axis: Int, start: Int) -> Copy {
        let outer = type.shape[..<axis].reduce(1, *), inner = type.shape[(axis + 1)...].reduce(1, *)
        guard result.isBlocked else {
            // The operand of an image with few channels has fewer still.
            let count = type.shape[axis] * inner, stride = result.shape[axis] * inner
            return .runs(
                count: count, times: outer, inputStride: count, outputStride: stride, outputStart: start * inner)
        }
        guard let from = ImageShape(type), let to = ImageShape(result) else {
            preconditionFailure("a value in blocks that is not an image")
        }
        let block = Int(CK_BLOCK_CHANNELS)
        if axis == 0 {
            return .runs(
                count: type.byteCount, times: 1, inputStride: 0, outputStride: 0,
                outputStart: start * to.bytesPerImage)
        }
        let isWhole = from.channels % block == 0 || start + from.channels == to.channels
        if axis == 1, from.isBlocked, start % block == 0, isWhole {
            return .runs(
                count: from.bytesPerImage, times: from.images, inputStride: from.bytesPerImage,
                outputStride: to.bytesPerImage, outputStart: to.offset(ofChannel: start))
        }
        return .image(
            from: from, to: to, channel: axis == 1 ? start : 0, row: axis == 2 ? start : 0,
            column: axis == 3 ? start : 0)
    }

    var kernelName: String { pieces.contains { $0.table != nil } ? lookupKernel.name : copyKernel.name }
    var constantBytes: Int { pieces.reduce(0) { $0 + ($1.table?.count ?? 0) } }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        for (index, piece) in pieces.enumerated() {
            let input = buffers.input(index, as: Int8.self), output = buffers.output(as: Int8.self)
            switch piece.copy {
            case .runs(let count, let times, let inputStride, let outputStride, let outputStart):
                for time in 0..<times {
                    move(
                        count, from: input + time * inputStride, to: output + outputStart + time * outputStride,
                        piece.table, buffers)
                }
            case .image(let from, let to, let channel, let row, let column):
                copyImages(from, to, channel: channel, row: row, column: column, input, output, piece.table, buffers)
            }
        }
    }

    private func move(
        _ count: Int, from: UnsafePointer<Int8>, to: UnsafeMutablePointer<Int8>, _ table: AlignedBytes?,
        _ buffers: StepBuffers
    ) {
        if let table {
            var arguments = ck_lookup_i8(
                count: count, input: from, output: to, table: table.values(as: Int8.self), part: buffers.part,
                part_count: buffers.partCount)
            lookupKernel.row.run.lookup_i8(&arguments)
        } else if from != UnsafePointer(to) {
            let start = count * buffers.part / buffers.partCount, end = count * (buffers.part + 1) / buffers.partCount
            (to + start).update(from: from + start, count: end - start)
        }
    }

    private func copyImages(
        _ from: ImageShape, _ to: ImageShape, channel: Int, row: Int, column: Int, _ input: UnsafePointer<Int8>,
        _ output: UnsafeMutablePointer<Int8>, _ table: AlignedBytes?, _ buffers: StepBuffers
    ) {
        var source = input
        if let table {
            // Into scratch memory of this part: all of it, for a copy's share is not known to be adjacent.
            let scaled = buffers.scratch(as: Int8.self)
            var arguments = ck_lookup_i8(
                count: from.images * from.bytesPerImage, input: input, output: scaled,
                table: table.values(as: Int8.self), part: 0, part_count: 1)
            lookupKernel.row.run.lookup_i8(&arguments)
            source = UnsafePointer(scaled)
        }
        let place = (row * to.columns + column) * Int(CK_BLOCK_CHANNELS)
        for image in 0..<from.images {
            var arguments = ck_copy_i8(
                channels: from.channels, rows: from.rows, columns: from.columns,
                input: source + image * from.bytesPerImage, output: output + image * to.bytesPerImage + place,
                input_layout: from.layout(), output_layout: to.layout(fromChannel: channel), flip_sign: 0,
                part: buffers.part, part_count: buffers.partCount)
            copyKernel.row.run.copy_i8(&arguments)
        }
    }
}

extension QuantisedGroup {
    /// What brings an input's values to the output's scale and clamp, or nil where they stay as they are.
    func table(forInput index: Int) -> [Int8]? {
        let input = inputs[index]
        if input == output, clamp == Quantisation.everything { return nil }
        var table = [Int8](repeating: 0, count: 256)
        for value in Int32(-128)...127 {
            // The very operations of DequantizeLinear and QuantizeLinear.
            let real = Float(value - input.zeroPoint) * input.scale
            table[Int(value + 128)] = output.quantised(min(max(real, clamp.lowerBound), clamp.upperBound))
        }
        return table
    }
}
