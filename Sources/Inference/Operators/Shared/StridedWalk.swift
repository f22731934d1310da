/// A walk over the elements of a shape in row-major order, through several arrays at once, each with strides of its
/// own: what broadcasting, transposing, slicing and reducing have in common. Strides may be 0 or negative.
struct StridedWalk: Sendable {
    /// Elements of the innermost loop, which the caller runs, and the arrays' strides along it.
    let rowLength: Int
    let rowStrides: [Int]
    /// The other axes, outermost first, and each array's strides along them.
    private let sizes: [Int]
    private let strides: [[Int]]

    /// - Parameter strides: for each array its strides, in elements, along the axes of `shape`.
    init(shape: [Int], strides: [[Int]]) {
        // Axes of one element are left out, and neighbours joined where every array runs on from one into the other.
        var sizes: [Int] = [], axes: [[Int]] = []
        for axis in shape.indices where shape[axis] != 1 {
            let steps = strides.map { $0[axis] }
            if let size = sizes.last, let outer = axes.last, zip(outer, steps).allSatisfy({ $0 == $1 * shape[axis] }) {
                sizes[sizes.count - 1] = size * shape[axis]
                axes[axes.count - 1] = steps
            } else {
                sizes.append(shape[axis])
                axes.append(steps)
            }
        }
        rowLength = sizes.popLast() ?? 1
        rowStrides = axes.popLast() ?? strides.map { _ in 0 }
        self.sizes = sizes
        self.strides = axes
    }

    /// Whether the row lies without gaps in every array.
    var isContiguous: Bool { rowLength == 1 || rowStrides.allSatisfy { $0 == 1 } }

    /// Calls `work` with the offset of each row in each array.
    func forEachRow(_ work: (_ offsets: [Int]) -> Void) {
        guard rowLength > 0, !sizes.contains(0) else { return }
        var offsets = [Int](repeating: 0, count: rowStrides.count)
        var index = [Int](repeating: 0, count: sizes.count)
        while true {
            work(offsets)
            guard let axis = sizes.indices.last(where: { index[$0] + 1 < sizes[$0] }) else { return }
            index[axis] += 1
            for array in offsets.indices { offsets[array] += strides[axis][array] }
            for inner in (axis + 1)..<sizes.count {
                for array in offsets.indices { offsets[array] -= index[inner] * strides[inner][array] }
                index[inner] = 0
            }
        }
    }
}
