import CKernels

/// Puts the pixels of a transposed convolution's phases where they belong: pixel (y, x) of phase (p, q) is pixel
/// (y * stride + p, x * stride + q) of the result, less what is cut off. Both images lie in blocks; a block's phase is
/// the outer part of its number.
struct PhaseShuffleBody: StepBody {
    struct Axis: Sendable {
        let stride: Int
        /// Places of each phase.
        let places: Int
        /// Of the result's first place, counted in the shuffled places.
        let offset: Int
        let output: Int
    }

    private let images: Int
    /// Of the result.
    private let blocks: Int
    private let rows: Axis
    private let columns: Axis
    /// Eight channels of a pixel.
    private typealias Pixel = UInt64

    init(images: Int, blocks: Int, rows: Axis, columns: Axis) {
        self.images = images
        self.blocks = blocks
        self.rows = rows
        self.columns = columns
    }

    var kernelName: String { "phase shuffle" }
    var isDivisible: Bool { true }

    func run(_ buffers: StepBuffers) {
        let phasePlane = rows.places * columns.places, lines = images * blocks * rows.output
        for line in (lines * buffers.part / buffers.partCount)..<(lines * (buffers.part + 1) / buffers.partCount) {
            let row = line % rows.output + rows.offset
            let block = line / rows.output % blocks, image = line / rows.output / blocks
            let phases = image * rows.stride * columns.stride
            for phase in 0..<columns.stride {
                let plane = (phases + row % rows.stride * columns.stride + phase) * blocks + block
                let from = buffers.input(0, as: Pixel.self) + plane * phasePlane + row / rows.stride * columns.places
                let to = buffers.output(as: Pixel.self) + line * columns.output
                // The first column of this phase at or after the cut.
                var column = (columns.offset - phase + columns.stride - 1) / columns.stride
                var target = column * columns.stride + phase - columns.offset
                while target < columns.output {
                    to[target] = from[column]
                    column += 1
                    target += columns.stride
                }
            }
        }
    }
}
