/// ONNX ReduceMean-18: the mean along axes.
struct ReduceMean: Reduction {
    static let name = "ReduceMean"

    let reduced: ReducedAxes

    static func combine(_ sum: Double, _ x: Double) -> Double { sum + x }
    static func finish(_ sum: Double, count: Int) -> Double { sum / Double(count) }

    /// The mean of each channel of an image in blocks.
    func quantisedBody(_ group: QuantisedGroup) -> (any StepBody)? {
        guard let input = ImageShape(group.inputTypes[0]), input.isBlocked, reduced.axes == [2, 3] else { return nil }
        let pooled = group.inputTypes[0].with(shape: [input.images, input.channels, 1, 1])
        // Without the axes of one pixel the bytes must be the same.
        guard let output = ImageShape(pooled), group.outputType.isBlocked || pooled.liesRowMajor else { return nil }
        return AveragePoolBody(
            window: Window(coveringRows: input.rows, columns: input.columns).kernel, endPads: (0, 0),
            countsPadding: false, input: input, output: output, group: group)
    }
}
