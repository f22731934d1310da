// Shapes are plain arrays of sizes, outermost first; [] is a scalar. Every product of sizes that come from a file is
// checked.

/// The number of elements of a shape, or nil when a size is negative or the product overflows.
func elementCount(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape {
        guard size >= 0 else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        if overflow { return nil }
        product = next
    }
    return product
}

/// `[1, 3, 224, 224]`; a list far longer than any shape, which a hostile file may hold, is cut off.
func describe(shape: [Int]) -> String {
    let longest = 32
    let sizes = shape.prefix(longest).map(String.init) + (shape.count > longest ? ["…"] : [])
    return "[" + sizes.joined(separator: ", ") + "]"
}

/// Elements to move for one step along each axis of a row-major array.
func rowMajorStrides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
}

/// The shape that all of them broadcast to, as ONNX and numpy do it, or nil where they do not.
func broadcastShape(of shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
        for (axis, size) in zip((rank - shape.count)..<rank, shape) where size != 1 {
            guard result[axis] == 1 || result[axis] == size else { return nil }
            result[axis] = size
        }
    }
    return result
}

/// Strides of a row-major array that is broadcast to a shape: 0 along axes on which it repeats itself.
func broadcastStrides(of shape: [Int], to result: [Int]) -> [Int] {
    let own = zip(shape, rowMajorStrides(of: shape)).map { size, stride in size == 1 ? 0 : stride }
    return Array(repeating: 0, count: result.count - shape.count) + own
}
