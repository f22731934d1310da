/// An image in blocks of `size` x `size` pixels, which lie in space or in depth.
struct PixelBlocks: Sendable {
    let images: Int
    /// Of the image in space.
    let channels: Int
    /// Of blocks.
    let rows: Int
    let columns: Int
    let size: Int

    /// The axes that both sides share: image, channel, row of blocks, row within, column of blocks, column within.
    var shape: [Int] { [images, channels, rows, size, columns, size] }

    var imageShape: [Int] { [images, channels, rows * size, columns * size] }
    var imageStrides: [Int] { rowMajorStrides(of: shape) }

    var depthShape: [Int] { [images, channels * size * size, rows, columns] }

    /// Of the axes of `shape` where blocks lie in depth: the channel outermost among the three that make it, or
    /// innermost.
    func depthStrides(channelsFirst: Bool) -> [Int] {
        let plane = rows * columns, image = channels * size * size * plane
        let (channel, row, column) = channelsFirst
            ? (size * size * plane, size * plane, plane) : (plane, size * channels * plane, channels * plane)
        return [image, channel, columns, row, 1, column]
    }

    /// The attribute `blocksize`.
    static func size(_ context: NodeContext) throws(InferenceError) -> Int {
        let size = try context.integer("blocksize", default: 0)
        guard (1...WindowAxis.largest).contains(size) else { throw context.invalid("blocksize \(size)") }
        return size
    }
}
