import CKernels

/// The window of a convolution or pooling over a signal `[N, C, L]` or an image `[N, C, H, W]`, from the attributes
/// they share. A signal is an image of one row.
struct Window: Sendable {
    let kernel: ck_window
    /// Of the result, one size for each axis that the window moves along.
    let outputShape: [Int]
    /// Paddings behind the image; rows, columns.
    let endPads: [Int]

    static let attributes: Set<String> = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"]

    /// - Parameters:
    ///   - kernelShape: the weights', for a convolution; a pooling has the attribute instead.
    ///   - roundsUp: `ceil_mode`: whether a last, incomplete step of the window counts.
    init(
        _ context: NodeContext, input: ValueType, kernelShape: [Int]?, roundsUp: Bool = false
    ) throws(InferenceError) {
        let axes = try WindowAxis.all(context, input: input, kernelShape: kernelShape, roundsUp: roundsUp)
        outputShape = axes.map(\.output)
        // A signal's missing rows.
        let rows = axes.count == 2 ? axes[0] : WindowAxis.single, columns = axes[axes.count - 1]
        endPads = [rows.endPad, columns.endPad]
        kernel = ck_window(
            input_rows: rows.input, input_columns: columns.input, output_rows: rows.output,
            output_columns: columns.output, kernel_rows: rows.taps, kernel_columns: columns.taps,
            stride_rows: rows.stride, stride_columns: columns.stride, dilation_rows: rows.dilation,
            dilation_columns: columns.dilation, pad_top: rows.pad, pad_left: columns.pad)
    }

    /// The window that is the whole image.
    init(coveringRows rows: Int, columns: Int) {
        outputShape = [1, 1]
        endPads = [0, 0]
        kernel = ck_window(
            input_rows: rows, input_columns: columns, output_rows: 1, output_columns: 1, kernel_rows: rows,
            kernel_columns: columns, stride_rows: 1, stride_columns: 1, dilation_rows: 1, dilation_columns: 1,
            pad_top: 0, pad_left: 0)
    }

    var taps: Int { kernel.kernel_rows * kernel.kernel_columns }
    var inputPlaces: Int { kernel.input_rows * kernel.input_columns }
    var outputPlaces: Int { kernel.output_rows * kernel.output_columns }

    var rows: WindowAxis {
        WindowAxis(
            input: kernel.input_rows, taps: kernel.kernel_rows, stride: kernel.stride_rows,
            dilation: kernel.dilation_rows, pad: kernel.pad_top, endPad: endPads[0], output: kernel.output_rows)
    }
    var columns: WindowAxis {
        WindowAxis(
            input: kernel.input_columns, taps: kernel.kernel_columns, stride: kernel.stride_columns,
            dilation: kernel.dilation_columns, pad: kernel.pad_left, endPad: endPads[1],
            output: kernel.output_columns)
    }

    /// Whether every window has a tap inside the image; poolings have nothing to say elsewhere.
    var alwaysTouches: Bool { rows.alwaysTouches && columns.alwaysTouches }
}
