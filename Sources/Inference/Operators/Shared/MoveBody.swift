/// Elements of one operand on their way into one result, along strides.
struct Move: Sendable {
    var input = 0
    var output = 0
    /// In elements, from the start of the operand and of the result.
    var inputOffset = 0
    var outputOffset = 0
    /// Over the result first, then the operand.
    let walk: StridedWalk

    init(
        shape: [Int], from inputStrides: [Int], input: Int = 0, inputOffset: Int = 0, to outputStrides: [Int],
        output: Int = 0, outputOffset: Int = 0
    ) {
        self.input = input
        self.output = output
        self.inputOffset = inputOffset
        self.outputOffset = outputOffset
        walk = StridedWalk(shape: shape, strides: [outputStrides, inputStrides])
    }

    fileprivate func run(_ buffers: StepBuffers, elementBytes: Int) {
        switch elementBytes {
        case 1: run(buffers, as: UInt8.self)
        case 2: run(buffers, as: UInt16.self)
        case 4: run(buffers, as: UInt32.self)
        default: run(buffers, as: UInt64.self)
        }
    }

    /// `Lane` stands for any element of its size.
    private func run<Lane: BitwiseCopyable>(_ buffers: StepBuffers, as _: Lane.Type) {
        let source = buffers.input(input, as: Lane.self) + inputOffset
        let destination = buffers.output(output, as: Lane.self) + outputOffset
        let (toStep, fromStep) = (walk.rowStrides[0], walk.rowStrides[1])
        walk.forEachRow { offsets in
            let (to, from) = (destination + offsets[0], source + offsets[1])
            if walk.isContiguous {
                to.update(from: from, count: walk.rowLength)
            } else {
                for index in 0..<walk.rowLength { to[index * toStep] = from[index * fromStep] }
            }
        }
    }
}

/// Moves elements along strides: transposing, slicing, joining, repeating.
struct MoveBody: StepBody {
    let kernelName: String
    let elementBytes: Int
    let moves: [Move]

    var form: BufferForm { .rowMajor }

    func run(_ buffers: StepBuffers) {
        for move in moves { move.run(buffers, elementBytes: elementBytes) }
    }
}
