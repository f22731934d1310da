import CKernels

/// The window of a convolution or pooling over an image `[N, C, H, W]`, from the attributes they share.
struct Window: Sendable, Equatable {
    let kernel: ck_window
    /// Sizes that an attribute may name; above, only hostile files go.
    private static let largest = 1 << 16

    static let attributes: Set<String> = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"]

    /// - Parameter kernelShape: the weights', for a convolution; a pooling has the attribute instead.
    init(_ context: NodeContext, input: ValueType, kernelShape: [Int]?) throws(InferenceError) {
        guard input.shape.count == 4 else {
            throw context.unsupported("a value of \(input.shape.count) axes; only images [N, C, H, W]")
        }
        let stated = try context.integers("kernel_shape")
        guard let size = kernelShape ?? stated, stated == nil || stated == size else {
            throw context.invalid("no kernel shape, or not that of the weights")
        }
        let strides = try context.integers("strides") ?? [1, 1]
        let dilations = try context.integers("dilations") ?? [1, 1]
        let padding = try context.text("auto_pad", default: "NOTSET")
        guard padding == "NOTSET" || padding == "VALID" || padding.isEmpty else {
            throw context.unsupported("auto_pad \(padding)")
        }
        let pads = padding == "VALID" ? [0, 0, 0, 0] : try context.integers("pads") ?? [0, 0, 0, 0]
        let counts = size + strides + dilations
        guard counts.count == 6, pads.count == 4, counts.allSatisfy({ (1...Self.largest).contains($0) }),
            pads.allSatisfy({ (0...Self.largest).contains($0) })
        else { throw context.invalid("an impossible kernel, stride, dilation or padding") }
        var outputs: [Int] = []
        for axis in 0..<2 {
            let span = (size[axis] - 1) * dilations[axis] + 1
            let room = input.shape[2 + axis] + pads[axis] + pads[axis + 2] - span
            guard room >= 0 else { throw context.invalid("a window larger than the padded image") }
            outputs.append(room / strides[axis] + 1)
        }
        kernel = ck_window(
            input_rows: input.shape[2], input_columns: input.shape[3], output_rows: outputs[0],
            output_columns: outputs[1], kernel_rows: size[0], kernel_columns: size[1], stride_rows: strides[0],
            stride_columns: strides[1], dilation_rows: dilations[0], dilation_columns: dilations[1],
            pad_top: pads[0], pad_left: pads[1])
    }

    /// The window that is the whole image.
    init(coveringRows rows: Int, columns: Int) {
        kernel = ck_window(
            input_rows: rows, input_columns: columns, output_rows: 1, output_columns: 1, kernel_rows: rows,
            kernel_columns: columns, stride_rows: 1, stride_columns: 1, dilation_rows: 1, dilation_columns: 1,
            pad_top: 0, pad_left: 0)
    }

    var taps: Int { kernel.kernel_rows * kernel.kernel_columns }
    var inputPlaces: Int { kernel.input_rows * kernel.input_columns }
    var outputPlaces: Int { kernel.output_rows * kernel.output_columns }

    /// Whether every window has a tap inside the image; poolings have nothing to say elsewhere.
    var alwaysTouches: Bool {
        func touches(_ count: Int, _ stride: Int, _ taps: Int, _ dilation: Int, _ pad: Int, _ extent: Int) -> Bool {
            (0..<count).allSatisfy { output in
                // The first tap at or after the image's first place.
                let start = output * stride - pad
                let skipped = start < 0 ? (-start + dilation - 1) / dilation : 0
                return skipped < taps && start + skipped * dilation < extent
            }
        }
        return touches(
            kernel.output_rows, kernel.stride_rows, kernel.kernel_rows, kernel.dilation_rows, kernel.pad_top,
            kernel.input_rows)
            && touches(
                kernel.output_columns, kernel.stride_columns, kernel.kernel_columns, kernel.dilation_columns,
                kernel.pad_left, kernel.input_columns)
    }

    static func == (left: Window, right: Window) -> Bool {
        withUnsafeBytes(of: left.kernel) { a in withUnsafeBytes(of: right.kernel) { b in a.elementsEqual(b) } }
    }
}
