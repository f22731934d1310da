/// ONNX DepthToSpace-13: blocks of channels become squares of pixels.
struct DepthToSpace: MovingOperator {
    static let name = "DepthToSpace"
    static let attributes: Set<String> = ["blocksize", "mode"]

    private let blocks: PixelBlocks
    private let channelsFirst: Bool
    let resultType: ValueType

    init(_ context: NodeContext) throws(InferenceError) {
        let input = try context.type(0)
        switch try context.text("mode", default: "DCR") {
        case "DCR": channelsFirst = false
        case "CRD": channelsFirst = true
        case let other: throw context.invalid("mode \(other)")
        }
        let size = try PixelBlocks.size(context)
        guard input.shape.count == 4, input.shape[1] % (size * size) == 0 else {
            throw context.invalid("\(describe(shape: input.shape)) in blocks of \(size)")
        }
        blocks = PixelBlocks(
            images: input.shape[0], channels: input.shape[1] / (size * size), rows: input.shape[2],
            columns: input.shape[3], size: size)
        resultType = input.with(shape: blocks.imageShape)
    }

    func movement(elementBytes: Int) -> any StepBody {
        let move = Move(
            shape: blocks.shape, from: blocks.depthStrides(channelsFirst: channelsFirst), to: blocks.imageStrides)
        return MoveBody(kernelName: "depthtospace", elementBytes: elementBytes, moves: [move])
    }
}
