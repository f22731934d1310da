/// Picks elements of operand 0 axis by axis: out[i, j] = in[place(0, i), place(1, j)]. A place of -1 is outside and
/// gives the filler. What padding and nearest-neighbour resizing have in common.
struct PickBody: StepBody {
    let kernelName: String
    private let elementBytes: Int
    private let strides: [Int]
    private let resultShape: [Int]
    /// The element outside, its bytes in the body's form; as many as `elementBytes`.
    private let filler: [UInt8]
    private let place: @Sendable (_ axis: Int, _ entry: Int) -> Int

    init(
        _ kernelName: String, elementBytes: Int, inputShape: [Int], resultShape: [Int], filler: [UInt8]? = nil,
        _ place: @escaping @Sendable (_ axis: Int, _ entry: Int) -> Int
    ) {
        self.kernelName = kernelName
        self.elementBytes = elementBytes
        self.resultShape = resultShape
        self.filler = filler ?? Array(repeating: 0, count: elementBytes)
        self.place = place
        strides = rowMajorStrides(of: inputShape)
    }

    var form: BufferForm { .rowMajor }
    /// An offset into the operand for each entry of each axis.
    var scratchBytes: Int { 8 * resultShape.reduce(0, +) }

    func run(_ buffers: StepBuffers) {
        switch elementBytes {
        case 1: run(buffers, as: UInt8.self)
        case 2: run(buffers, as: UInt16.self)
        case 4: run(buffers, as: UInt32.self)
        default: run(buffers, as: UInt64.self)
        }
    }

    /// `Lane` stands for any element of its size.
    private func run<Lane: BitwiseCopyable>(_ buffers: StepBuffers, as _: Lane.Type) {
        let source = buffers.input(0, as: Lane.self)
        var output = buffers.output(as: Lane.self)
        let filler = self.filler.withUnsafeBytes { $0.loadUnaligned(as: Lane.self) }
        guard let columns = resultShape.last else {
            output.pointee = source.pointee
            return
        }
        var lists = listOffsets(buffers)
        let last = lists.removeLast()
        var index = [Int](repeating: 0, count: lists.count)
        // One row for each combination of entries of all axes but the last.
        for _ in 0..<resultShape.dropLast().reduce(1, *) {
            let offsets = zip(lists, index).map { $0[$1] }
            if offsets.contains(-1) {
                output.update(repeating: filler, count: columns)
            } else {
                let row = source + offsets.reduce(0, +)
                for column in 0..<columns { output[column] = last[column] < 0 ? filler : row[last[column]] }
            }
            output += columns
            guard let axis = index.indices.last(where: { index[$0] + 1 < resultShape[$0] }) else { return }
            index[axis] += 1
            for inner in (axis + 1)..<index.count { index[inner] = 0 }
        }
    }

    /// For each axis a list in scratch memory: how far each entry is into the operand, or -1.
    private func listOffsets(_ buffers: StepBuffers) -> [UnsafeMutablePointer<Int>] {
        var free = buffers.scratch(as: Int.self)
        return resultShape.enumerated().map { axis, count in
            defer { free += count }
            for entry in 0..<count {
                let place = place(axis, entry)
                free[entry] = place < 0 ? -1 : place * strides[axis]
            }
            return free
        }
    }
}
