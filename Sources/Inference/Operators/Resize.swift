import CKernels

/// ONNX Resize-13 to -19 with constant scales or sizes: by the nearest element, on any type; linearly or cubically, in
/// any number of axes and with antialiasing, on float32.
struct Resize: MovingOperator {
    static let name = "Resize"
    static let attributes: Set<String> = [
        "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
        "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode",
    ]

    private let inputType: ValueType
    private let axes: [ResizeAxis]
    private let filter: ResizeFilter
    private let extrapolation: Float
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        inputType = try context.type(0)
        filter = try ResizeFilter(context)
        guard inputType.elementType == .float32 || filter.isNearest else {
            throw context.unsupported("interpolation of \(inputType.elementType.name)")
        }
        axes = try ResizeAxis.all(context, inputType.shape)
        extrapolation = try context.float("extrapolation_value", default: 0)
        guard extrapolation == 0 || inputType.elementType == .float32 else {
            throw context.unsupported("an extrapolation_value for \(inputType.elementType.name)")
        }
        resultType = inputType.with(shape: axes.map(\.output))
    }

    var operations: Int {
        axes.reduce(resultType.count) {
            $0.addingReportingOverflow(resultType.count.multipliedReportingOverflow(by: filter.taps($1)).partialValue)
                .partialValue
        }
    }

    func body(_ kernels: KernelSet) -> any StepBody {
        guard !filter.isNearest else { return movement(elementBytes: inputType.elementType.byteCount) }
        return InterpolationBody(
            inputShape: inputType.shape, axes: axes, filter: filter, extrapolation: extrapolation)
    }

    var addsNothing: Bool { filter.isNearest && !axes.contains(where: \.extrapolates) }

    /// The nearest element.
    func movement(elementBytes: Int) -> any StepBody {
        let filler = inputType.elementType == .float32 && elementBytes == 4
            ? withUnsafeBytes(of: extrapolation) { Array($0) }
            : Array(repeating: inputType.elementType == .uint8 ? 0x80 : 0, count: elementBytes)
        let axes = axes, filter = filter
        return PickBody(
            "resize", elementBytes: elementBytes, inputShape: inputType.shape, resultShape: resultType.shape,
            filler: filler
        ) { axis, entry in
            axes[axis].source(entry).map { filter.nearest($0, axes[axis].input) } ?? -1
        }
    }

    /// Nearest elements of the image itself, or linear interpolation of images in blocks.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        if let body = blockedBody(group) { return body }
        guard addsNothing, group.isUniform, group.clamp == Quantisation.everything else { return nil }
        return movement(elementBytes: 1)
    }
}

extension Resize {
    private func blockedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard let input = ImageShape(group.inputTypes[0]), let output = ImageShape(group.outputType), input.isBlocked,
            axes[0].isIdentity, axes[1].isIdentity, !axes.contains(where: \.extrapolates)
        else { return nil }
        if filter.isNearest {
            guard group.isUniform, group.clamp == Quantisation.everything else { return nil }
            return NearestResizeBody(
                input: input, output: output, rows: nearest(axes[2]), columns: nearest(axes[3]),
                kernels: group.kernels)
        }
        guard filter.isPlainlyLinear, (group.inputs[0].scale / group.output.scale).isFinite else { return nil }
        return LinearResizeBody(
            input: input, output: output, rows: linear(axes[2]), columns: linear(axes[3]), group: group)
    }

    private func nearest(_ axis: ResizeAxis) -> [Int] {
        (0..<axis.output).map { filter.nearest(axis.source($0) ?? 0, axis.input) }
    }

    private func linear(_ axis: ResizeAxis) -> [ck_resize_source] {
        (0..<axis.output).map { entry in
            let place = min(max(axis.source(entry) ?? 0, 0), Double(axis.input - 1)), first = Int(place)
            return ck_resize_source(
                first: UInt32(first), second: UInt32(min(first + 1, axis.input - 1)),
                weight: Float(place - Double(first)))
        }
    }
}

/// Interpolates one axis after the other.
private struct InterpolationBody: StepBody {
    private let passes: [Pass]
    private let count: Int
    private let filter: ResizeFilter
    private let extrapolation: Float

    private struct Pass: Sendable {
        let axis: ResizeAxis
        let outer: Int
        let inner: Int

        var inputCount: Int { outer * axis.input * inner }
        var outputCount: Int { outer * axis.output * inner }
    }

    init(inputShape: [Int], axes: [ResizeAxis], filter: ResizeFilter, extrapolation: Float) {
        var shape = inputShape, passes: [Pass] = []
        for (index, axis) in axes.enumerated() where !axis.isIdentity {
            passes.append(
                Pass(axis: axis, outer: shape[..<index].reduce(1, *), inner: shape[(index + 1)...].reduce(1, *)))
            shape[index] = axis.output
        }
        self.passes = passes
        self.filter = filter
        self.extrapolation = extrapolation
        count = shape.reduce(1, *)
    }

    var kernelName: String { "resize float32" }
    /// Two pieces, for what lies between the passes.
    var scratchBytes: Int { 2 * pieceBytes }

    private var pieceBytes: Int { MemoryPlan.aligned(4 * (passes.dropLast().map(\.outputCount).max() ?? 0)) }

    func run(_ buffers: StepBuffers) {
        var source = buffers.input(0, as: Float.self)
        guard !passes.isEmpty else {
            buffers.output(as: Float.self).update(from: source, count: count)
            return
        }
        for (index, pass) in passes.enumerated() {
            let piece = (buffers.scratch + index % 2 * pieceBytes).assumingMemoryBound(to: Float.self)
            let destination = index == passes.count - 1 ? buffers.output(as: Float.self) : piece
            run(pass, source, destination)
            source = UnsafePointer(destination)
        }
    }

    private func run(_ pass: Pass, _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>) {
        for entry in 0..<pass.axis.output {
            let taps = pass.axis.source(entry).map { filter.taps(at: $0, of: pass.axis) }
            for outer in 0..<pass.outer {
                let to = destination + (outer * pass.axis.output + entry) * pass.inner
                guard let taps else {
                    to.update(repeating: extrapolation, count: pass.inner)
                    continue
                }
                to.update(repeating: 0, count: pass.inner)
                for tap in taps where tap.weight != 0 {
                    let from = source + (outer * pass.axis.input + tap.place) * pass.inner
                    for index in 0..<pass.inner { to[index] += tap.weight * from[index] }
                }
            }
        }
    }
}
