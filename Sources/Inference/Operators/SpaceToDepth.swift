/// ONNX SpaceToDepth-13: squares of pixels become blocks of channels.
struct SpaceToDepth: MovingOperator {
    static let name = "SpaceToDepth"
    static let attributes: Set<String> = ["blocksize", "mode"]

    private let blocks: PixelBlocks
    private let channelsFirst: Bool
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0), size = try PixelBlocks.size(context)
        switch try context.text("mode", default: "DCR") {
        case "DCR": channelsFirst = false
        case "CRD": channelsFirst = true
        case let other: throw context.invalid("mode \(other)")
        }
        guard input.shape.count == 4, input.shape[2] % size == 0, input.shape[3] % size == 0 else {
            throw context.invalid("\(describe(shape: input.shape)) in blocks of \(size)")
        }
        blocks = PixelBlocks(
            images: input.shape[0], channels: input.shape[1], rows: input.shape[2] / size,
            columns: input.shape[3] / size, size: size)
        resultType = input.with(shape: blocks.depthShape)
    }

    func movement(elementBytes: Int) -> any StepBody {
        let move = Move(
            shape: blocks.shape, from: blocks.imageStrides, to: blocks.depthStrides(channelsFirst: channelsFirst))
        return MoveBody(kernelName: "spacetodepth", elementBytes: elementBytes, moves: [move])
    }
}
