/// How entries of one axis of a resized value lie on the axis of the original.
struct ResizeAxis: Sendable {
    let input: Int
    let output: Int
    let scale: Double
    /// The part of the original that is shown, 0...1; for `tf_crop_and_resize`.
    let part: (start: Double, end: Double)
    private let transformation: Transformation

    var isIdentity: Bool { input == output && scale == 1 && transformation != .tfCropAndResize }
    /// Whether entries may lie outside the original.
    var extrapolates: Bool { transformation == .tfCropAndResize }

    /// ONNX's coordinate_transformation_mode.
    private enum Transformation: String {
        case halfPixel = "half_pixel"
        case halfPixelSymmetric = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case tfCropAndResize = "tf_crop_and_resize"
    }

    /// Where an entry lies on the original's axis, or nil where that is to be extrapolated.
    func source(_ entry: Int) -> Double? {
        let x = Double(entry), length = Double(input), exact = scale * length
        switch transformation {
        case .halfPixel: return (x + 0.5) / scale - 0.5
        case .halfPixelSymmetric: return length / 2 * (1 - Double(output) / exact) + (x + 0.5) / scale - 0.5
        case .pytorchHalfPixel: return exact == 1 ? -0.5 : (x + 0.5) / scale - 0.5
        case .alignCorners: return exact == 1 ? 0 : x * (length - 1) / (exact - 1)
        case .asymmetric: return x / scale
        case .tfCropAndResize:
            let span = (part.end - part.start) * (length - 1)
            let place = part.start * (length - 1) + (exact == 1 ? span / 2 : x * span / (exact - 1))
            return place < 0 || place > length - 1 ? nil : place
        }
    }

    /// All axes of a node's operand, from its scales or sizes.
    static func all(_ context: NodeContext, _ shape: [Int]) throws(InferenceError) -> [ResizeAxis] {
        let name = try context.text("coordinate_transformation_mode", default: Transformation.halfPixel.rawValue)
        guard let transformation = Transformation(rawValue: name) else {
            throw context.unsupported("coordinate_transformation_mode \(name)")
        }
        let rank = shape.count
        let resized = try context.axes(try context.integers("axes") ?? Array(0..<rank), rank: rank)
        let scales = try scales(context, resized.map { shape[$0] })
        let region = try context.constant(1)?.floats.map { Double($0) } ?? []
        guard transformation != .tfCropAndResize || region.count == 2 * resized.count,
            region.allSatisfy(\.isFinite)
        else { throw context.invalid("no region of interest for each axis") }
        var axes = shape.map {
            ResizeAxis(input: $0, output: $0, scale: 1, part: (0, 1), transformation: .halfPixel)
        }
        for (index, axis) in resized.enumerated() {
            let part = transformation == .tfCropAndResize
                ? (region[index], region[index + resized.count]) : (0.0, 1.0)
            axes[axis] = ResizeAxis(
                input: shape[axis], output: scales[index].output, scale: scales[index].scale, part: part,
                transformation: transformation)
        }
        return axes
    }

    private static func scales(
        _ context: NodeContext, _ extents: [Int]
    ) throws(InferenceError) -> [(output: Int, scale: Double)] {
        let scales = try context.constant(2)?.floats.map { Double($0) } ?? []
        let sizes = try context.integers(operand: 3) ?? []
        guard scales.isEmpty != sizes.isEmpty, max(scales.count, sizes.count) == extents.count,
            !extents.contains(0)
        else { throw context.invalid("not one scale or one size for each axis") }
        let policy = try context.text("keep_aspect_ratio_policy", default: "stretch")
        var found: [(output: Int, scale: Double)] = []
        if sizes.isEmpty {
            for (extent, scale) in zip(extents, scales) {
                let output = (Double(extent) * scale).rounded(.down)
                guard scale > 0, output >= 1, output <= Double(context.limits.tensorElements) else {
                    throw context.invalid("a scale of \(scale) for \(extent) entries")
                }
                found.append((Int(output), scale))
            }
            return found
        }
        guard sizes.allSatisfy({ (1...context.limits.tensorElements).contains($0) }) else {
            throw context.invalid("the impossible sizes \(describe(shape: sizes))")
        }
        let ratios = zip(sizes, extents).map { Double($0) / Double($1) }
        let common: Double?
        switch policy {
        case "stretch": common = nil
        case "not_larger": common = ratios.min()
        case "not_smaller": common = ratios.max()
        default: throw context.invalid("keep_aspect_ratio_policy \(policy)")
        }
        for (index, extent) in extents.enumerated() {
            let scale = common ?? ratios[index]
            let output = common == nil ? Double(sizes[index]) : (scale * Double(extent)).rounded()
            guard output >= 1, output <= Double(context.limits.tensorElements) else {
                throw context.invalid("a scale of \(scale) for \(extent) entries")
            }
            found.append((Int(output), scale))
        }
        return found
    }
}
