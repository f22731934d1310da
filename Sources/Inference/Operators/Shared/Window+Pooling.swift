extension Window {
    /// Combines the elements under each window of each plane, row-major.
    ///
    /// - Parameter finish: makes the result of what the window's elements amount to; told the window's row and column.
    func pool<Element>(
        _ buffers: StepBuffers, planes: Int, from initial: Element, _ combine: (Element, Element) -> Element,
        _ finish: (Element, _ row: Int, _ column: Int) -> Element
    ) {
        let rows = rows, columns = columns
        let rowTaps = (0..<rows.output).map { rows.taps(of: $0) }
        let columnTaps = (0..<columns.output).map { columns.taps(of: $0) }
        var plane = buffers.input(0, as: Element.self), output = buffers.output(as: Element.self)
        for _ in 0..<planes {
            for row in 0..<rows.output {
                for column in 0..<columns.output {
                    var value = initial
                    for rowTap in rowTaps[row] {
                        let line = plane + (row * rows.stride - rows.pad + rowTap * rows.dilation) * columns.input
                        let start = column * columns.stride - columns.pad
                        for columnTap in columnTaps[column] {
                            value = combine(value, line[start + columnTap * columns.dilation])
                        }
                    }
                    output.pointee = finish(value, row, column)
                    output += 1
                }
            }
            plane += inputPlaces
        }
    }
}
