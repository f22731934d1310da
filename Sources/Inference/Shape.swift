// Shapes are plain arrays of sizes, outermost first; [] is a scalar. Every product is checked, because sizes come from
// files.

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

/// `[1, 3, 224, 224]`
func describe(shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
