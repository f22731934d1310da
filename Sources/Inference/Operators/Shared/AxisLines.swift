/// A value seen as lines along one axis.
struct AxisLines: Sendable {
    let outer: Int
    /// Elements of a line.
    let extent: Int
    /// Elements from one of a line to its next.
    let stride: Int

    init(shape: [Int], axis: Int) {
        outer = shape[..<axis].reduce(1, *)
        extent = shape[axis]
        stride = shape[(axis + 1)...].reduce(1, *)
    }

    /// Calls `work` with the offset of each line's first element and with the line's number.
    func forEach(_ work: (_ start: Int, _ line: Int) -> Void) {
        for block in 0..<outer {
            for inner in 0..<stride { work(block * extent * stride + inner, block * stride + inner) }
        }
    }
}
