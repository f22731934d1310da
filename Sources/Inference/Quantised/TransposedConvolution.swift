import CKernels

/// A transposed convolution as an ordinary one and a shuffle: the result's places fall into stride x stride phases,
/// each of which is a convolution of its own with every stride-th tap. One convolution makes all phases as groups of
/// its channels, and ``PhaseShuffleBody`` puts their pixels where they belong.
struct TransposedConvolution {
    /// One axis, in terms of the ordinary convolution.
    struct Axis {
        let stride: Int
        /// Taps of each phase's convolution; those that a phase lacks have weight 0.
        let taps: Int
        let padBefore: Int
        /// Places of each phase, and the first of them that the result shows, in places of the result before cutting.
        let places: Int
        let first: Int
        private let source: TransposedAxis

        /// Nil where so much is cut off that the convolution would begin inside the operand.
        init?(_ axis: TransposedAxis) {
            source = axis
            stride = axis.stride
            taps = (axis.taps - 1) * axis.dilation / axis.stride + 1
            let last = (axis.output - 1 + axis.pad) / axis.stride
            first = axis.pad / axis.stride
            places = last - first + 1
            padBefore = taps - 1 - first
            guard padBefore >= 0 else { return nil }
        }

        /// The transposed convolution's tap behind a tap of a phase, or nil where it has none.
        func tap(_ tap: Int, phase: Int) -> Int? {
            let place = (taps - 1 - tap) * stride + phase
            return place % source.dilation == 0 && place / source.dilation < source.taps
                ? place / source.dilation : nil
        }
    }

    let rows: Axis
    let columns: Axis
    /// Of the transposed convolution's result, and up to whole blocks.
    let channels: Int
    private let depth: Int

    /// How many times the transposed convolution's products the phases may cost, zeros included. 4 x 4 taps with a
    /// stride of 2 cost no more than they are, 3 x 3 taps less than twice.
    private static let mostExcess = 4

    /// Nil where the phases would cost too much: strides beyond the taps, or wide dilation.
    init?(rows: TransposedAxis, columns: TransposedAxis, inputChannels: Int, outputChannels: Int) {
        let taps = rows.taps * columns.taps
        guard rows.stride * columns.stride <= Self.mostExcess * taps, let rows = Axis(rows),
            let columns = Axis(columns),
            rows.stride * columns.stride * rows.taps * columns.taps <= Self.mostExcess * taps
        else { return nil }
        self.rows = rows
        self.columns = columns
        channels = outputChannels
        depth = inputChannels
    }

    var phases: Int { rows.stride * columns.stride }
    private var blockChannels: Int { ck_packed_columns(channels) }
    /// Channels of the ordinary convolution: all phases, each in whole blocks.
    var phaseChannels: Int { phases * blockChannels }

    func window(inputRows: Int, inputColumns: Int) -> ck_window {
        ck_window(
            input_rows: inputRows, input_columns: inputColumns, output_rows: rows.places,
            output_columns: columns.places, kernel_rows: rows.taps, kernel_columns: columns.taps, stride_rows: 1,
            stride_columns: 1, dilation_rows: 1, dilation_columns: 1, pad_top: rows.padBefore,
            pad_left: columns.padBefore)
    }

    /// The weights `[C, M, kH, kW]` of the transposed convolution as those of the ordinary one; nil where they are not
    /// symmetric int8 with scales that the output channel decides.
    func weights(_ constant: FloatConstant, rowTaps: Int, columnTaps: Int) -> FloatConstant? {
        guard case .quantised(let quantised) = constant, let bytes = quantised.symmetricBytes,
            let scales = quantised.scales(along: 1, count: channels)
        else { return nil }
        let size = depth * rows.taps * columns.taps
        var result = [Int8](repeating: 0, count: phaseChannels * size)
        var resultScales = [Float](repeating: 1, count: phaseChannels)
        for phase in 0..<phases {
            for channel in 0..<channels {
                let target = phase * blockChannels + channel
                resultScales[target] = scales[channel]
                for row in 0..<rows.taps {
                    guard let tapRow = rows.tap(row, phase: phase / columns.stride) else { continue }
                    for column in 0..<columns.taps {
                        guard let tapColumn = columns.tap(column, phase: phase % columns.stride) else { continue }
                        for source in 0..<depth {
                            let from = ((source * channels + channel) * rowTaps + tapRow) * columnTaps + tapColumn
                            let to = (source * rows.taps + row) * columns.taps + column
                            result[target * size + to] = bytes[from]
                        }
                    }
                }
            }
        }
        return .quantised(
            QuantisedConstant(
                tensor: Tensor(shape: [phaseChannels, depth, rows.taps, columns.taps], result),
                parameters: QuantisationParameters(
                    scales: resultScales, zeroPoints: Array(repeating: 0, count: phaseChannels), axis: 0,
                    elementType: .int8)))
    }

    /// One number for each channel, for each phase.
    func spread(_ values: [Float], filler: Float) -> [Float] {
        let one = values + Array(repeating: filler, count: blockChannels - channels)
        return Array((0..<phases).map { _ in one }.joined())
    }

    /// Likewise of a bias, with its scales.
    func bias(_ constant: FloatConstant?) -> FloatConstant? {
        switch constant {
        case nil: return nil
        case .plain(let tensor):
            return .plain(Tensor(shape: [phaseChannels], spread(tensor.floats ?? [], filler: 0)))
        case .quantised(let quantised):
            guard let values = quantised.tensor.elements(as: Int32.self), values.count == channels,
                let scales = quantised.scales(along: 0, count: channels)
            else { return nil }
            let surplus = blockChannels - channels, parameters = quantised.parameters
            let zeroPoints = parameters.zeroPoints.count == 1
                ? Array(repeating: parameters.zeroPoints[0], count: channels) : parameters.zeroPoints
            let one = values + Array(repeating: 0, count: surplus)
            let onePoints = zeroPoints + Array(repeating: 0, count: surplus)
            return .quantised(
                QuantisedConstant(
                    tensor: Tensor(shape: [phaseChannels], Array((0..<phases).map { _ in one }.joined())),
                    parameters: QuantisationParameters(
                        scales: spread(scales, filler: 1),
                        zeroPoints: Array((0..<phases).map { _ in onePoints }.joined()), axis: 0,
                        elementType: .int32)))
        }
    }
}
