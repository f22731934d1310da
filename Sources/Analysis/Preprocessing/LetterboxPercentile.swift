import DICOMPixels

/// The preprocessing named `letterbox-percentile-1`: from a frame's stored values to a network's input.
///
/// Modality values, negated where MONOCHROME1 so that higher is whiter; clipped to their 1st and 99th percentile and
/// scaled to 0 ... 1; padded with 0 to a square; averaged by area to 128 × 128. The specification is the
/// `preprocessing.py` in the folder of each model that names it; the two agree to 1e-5.
public struct LetterboxPercentile: Sendable {
    public static let name = "letterbox-percentile-1"
    /// Rows and columns of the output.
    public static let side = 128

    /// [128, 128] row by row, 0 to 1; the network's [1, 1, 128, 128] float32.
    public let values: [Float]
    public let geometry: LetterboxGeometry

    public init(_ frame: GrayscaleFrame, _ modality: ModalityTransform) {
        let description = frame.description
        geometry = LetterboxGeometry(rows: description.rows, columns: description.columns, side: Self.side)
        let scaled = ScaledValues(frame, modality)
        values = Self.boxFiltered(frame.storedValues, scaled, geometry)
    }

    /// Means over the square, first over rows, then over columns. Padding is 0 and adds nothing to a sum.
    private static func boxFiltered(
        _ stored: [Int32], _ scaled: ScaledValues, _ geometry: LetterboxGeometry
    ) -> [Float] {
        let columns = geometry.columns
        let down = Coverage.cells(count: geometry.rows, offset: geometry.top, square: geometry.square, side: side)
        let across = Coverage.cells(count: columns, offset: geometry.left, square: geometry.square, side: side)
        var output = [Float](repeating: 0, count: side * side)
        var byRow = [Double](repeating: 0, count: columns)
        for (outputRow, cell) in down.enumerated() {
            for column in 0..<columns { byRow[column] = 0 }
            stored.withUnsafeBufferPointer { stored in
                scaled.table.withUnsafeBufferPointer { table in
                    byRow.withUnsafeMutableBufferPointer { byRow in
                        for (offset, weight) in cell.weights.enumerated() {
                            let start = (cell.first + offset) * columns
                            for column in 0..<columns {
                                byRow[column] += weight * table[Int(stored[start + column] - scaled.lowest)]
                            }
                        }
                    }
                }
            }
            for (outputColumn, cell) in across.enumerated() {
                var sum = 0.0
                for (offset, weight) in cell.weights.enumerated() { sum += weight * byRow[cell.first + offset] }
                output[outputRow * side + outputColumn] = Float(sum)
            }
        }
        return output
    }
}

/// Every stored value's clipped and scaled modality value, as a table.
private struct ScaledValues {
    let lowest: Int32
    /// Indexed by stored value - `lowest`; 0 to 1.
    let table: [Double]

    init(_ frame: GrayscaleFrame, _ modality: ModalityTransform) {
        lowest = frame.lowest
        let sign = frame.description.photometricInterpretation == .monochrome1 ? -1.0 : 1.0
        let values = frame.table { sign * modality($0) }
        let ranked = RankedValues(values, counts: frame.histogram())
        let last = frame.storedValues.count - 1
        let low = ranked[last / 100]
        let high = ranked[99 * last / 100]
        table = values.map { high == low ? 0 : (min(max($0, low), high) - low) / (high - low) }
    }
}

/// The source pixels under one output pixel along one axis, and the share of it that each covers.
private struct Coverage {
    let first: Int
    let weights: [Double]

    /// One for each output pixel. Source pixels are `count`, beginning at `offset` in the square.
    static func cells(count: Int, offset: Int, square: Int, side: Int) -> [Coverage] {
        let scale = Double(square) / Double(side)
        let share = Double(side) / Double(square)
        return (0..<side).map { index in
            let low = Double(index) * scale
            let high = Double(index + 1) * scale
            let first = max(0, Int(low) - offset)
            let end = min(count, Int(high.rounded(.up)) - offset)
            guard first < end else { return Coverage(first: 0, weights: []) }
            let weights = (first..<end).map { pixel in
                let start = Double(pixel + offset)
                return max(0, min(high, start + 1) - max(low, start)) * share
            }
            return Coverage(first: first, weights: weights)
        }
    }
}
