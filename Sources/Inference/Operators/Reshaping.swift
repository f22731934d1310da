/// Moves a value into another shape. Where either end is channels-last, the elements pass through ONNX's order.
struct ReshapeBody: StepBody {
    let from: ValueType
    let to: ValueType

    private var reorders: Bool { from.isChannelsLast || to.isChannelsLast }
    var kernelName: String { reorders ? "reshape" : "copy" }
    var scratchBytes: Int { reorders ? from.byteCount : 0 }

    func run(_ buffers: StepBuffers) {
        guard reorders else {
            buffers.output.copyMemory(from: buffers.inputs[0], byteCount: from.byteCount)
            return
        }
        from.toModelOrder(buffers.input(0, as: UInt8.self), buffers.scratch(as: UInt8.self))
        to.toArenaOrder(buffers.scratch(as: UInt8.self), buffers.output(as: UInt8.self))
    }
}

/// The 8-bit type that holds a float type's elements between two quantisations.
func quantisedType(_ type: ValueType) -> ValueType {
    type.elementType.isQuantised ? type : type.with(elementType: .int8)
}
