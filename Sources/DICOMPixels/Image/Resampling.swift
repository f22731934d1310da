extension DisplayImage {
    /// The image at another size, by a triangle filter as wide as the larger of both pixels: linear interpolation when
    /// it grows, a weighted mean of all that it covers when it shrinks.
    public func resampled(rows newRows: Int, columns newColumns: Int) -> DisplayImage {
        precondition(newRows > 0 && newColumns > 0, "an image has at least one pixel")
        if newRows == rows && newColumns == columns { return self }
        let across = Tap.taps(from: columns, to: newColumns)
        let down = Tap.taps(from: rows, to: newRows)
        var narrow = [Float](repeating: 0, count: rows * newColumns)
        for row in 0..<rows {
            for (column, tap) in across.enumerated() {
                var sum: Float = 0
                for (offset, weight) in tap.weights.enumerated() {
                    sum += weight * Float(gray[row * columns + tap.first + offset])
                }
                narrow[row * newColumns + column] = sum
            }
        }
        var output = [UInt8](repeating: 0, count: newRows * newColumns)
        for (row, tap) in down.enumerated() {
            var sums = [Float](repeating: 0, count: newColumns)
            for (offset, weight) in tap.weights.enumerated() {
                let start = (tap.first + offset) * newColumns
                for column in 0..<newColumns { sums[column] += weight * narrow[start + column] }
            }
            for column in 0..<newColumns {
                output[row * newColumns + column] = UInt8(min(max(sums[column].rounded(), 0), 255))
            }
        }
        return DisplayImage(rows: newRows, columns: newColumns, gray: output)
    }
}

/// The source pixels that make one output pixel along one axis; the weights sum to 1.
private struct Tap {
    let first: Int
    let weights: [Float]

    static func taps(from source: Int, to target: Int) -> [Tap] {
        let scale = Double(source) / Double(target)
        let reach = max(scale, 1)
        return (0..<target).map { index in
            let center = (Double(index) + 0.5) * scale - 0.5
            let first = max(0, Int((center - reach).rounded(.up)))
            let last = min(source - 1, Int((center + reach).rounded(.down)))
            let raw = (first...max(first, last)).map { max(0, 1 - abs(Double($0) - center) / reach) }
            let sum = raw.reduce(0, +)
            return Tap(first: first, weights: raw.map { Float(sum > 0 ? $0 / sum : 1 / Double(raw.count)) })
        }
    }
}
