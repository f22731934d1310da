import CKernels

/// An image value `[N, C, H, W]` and how its bytes lie.
struct ImageShape: Sendable, Equatable {
    let images: Int
    let channels: Int
    let rows: Int
    let columns: Int
    let isBlocked: Bool

    /// Nil where a value has other than four axes or is not of 8 bits.
    init?(_ type: ValueType) {
        guard type.shape.count == 4, type.elementType.isQuantised else { return nil }
        images = type.shape[0]
        channels = type.shape[1]
        rows = type.shape[2]
        columns = type.shape[3]
        isBlocked = type.isBlocked
    }

    var pixels: Int { rows * columns }
    /// Channels up to whole blocks, where there are blocks.
    var storedChannels: Int { isBlocked ? ck_packed_columns(channels) : channels }
    var bytesPerImage: Int { storedChannels * pixels }
    /// Bytes from a channel, the first of a block, to where it lies.
    func offset(ofChannel channel: Int) -> Int { channel * pixels }

    /// How a copy sees the image from a channel on.
    func layout(fromChannel channel: Int = 0) -> ck_image_layout {
        ck_image_layout(
            is_blocked: isBlocked ? 1 : 0, first_channel: channel, row_pixels: columns, plane_pixels: pixels)
    }
}

extension StepBuffers {
    /// What a body does image by image: of its first operand, and of its result.
    func forEachImage(
        _ from: ImageShape, _ to: ImageShape, _ body: (UnsafePointer<Int8>, UnsafeMutablePointer<Int8>) -> Void
    ) {
        for image in 0..<from.images {
            body(
                input(0, as: Int8.self) + image * from.bytesPerImage,
                output(as: Int8.self) + image * to.bytesPerImage)
        }
    }
}

/// An 8-bit value as channels of pixels, for what converts between row-major floats and the arena's order. A value that
/// is not in blocks is one channel.
struct ValuePlanes: Sendable {
    let images: Int
    let channels: Int
    let pixels: Int
    let elementsPerImage: Int
    let bytesPerImage: Int

    init(_ type: ValueType) {
        if let image = ImageShape(type), image.isBlocked {
            images = image.images
            channels = image.channels
            pixels = image.pixels
            elementsPerImage = image.channels * image.pixels
            bytesPerImage = image.bytesPerImage
        } else {
            images = 1
            channels = 1
            pixels = type.count
            elementsPerImage = pixels
            bytesPerImage = pixels
        }
    }
}
