/// Constants that steps read, in the form in which values lie in an arena. Filled once, then only read, by any number
/// of runs at once.
final class ConstantPool: Sendable {
    // Written by `init` alone.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let places: [String: (offset: Int, type: ValueType)]
    let byteCount: Int

    init(_ tensors: [String: Tensor]) {
        var places: [String: (offset: Int, type: ValueType)] = [:], end = 0
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            places[name] = (end, ValueType(tensor))
            end += MemoryPlan.aligned(ValueType(tensor).byteCount)
        }
        self.places = places
        byteCount = end
        base = .allocate(byteCount: max(end, 1), alignment: MemoryPlan.alignmentBytes)
        for (name, place) in places {
            guard let tensor = tensors[name] else { continue }
            place.type.load(tensor, to: base + place.offset)
            tensor.bytes.release()
        }
    }

    deinit { base.deallocate() }

    /// The address of a constant, or nil where there is none of that name.
    func address(_ name: String) -> UnsafeRawPointer? { places[name].map { UnsafeRawPointer(base + $0.offset) } }

    /// A constant as ONNX has it, or nil where there is none of that name.
    func tensor(_ name: String) -> Tensor? { places[name].map { $0.type.tensor(at: base + $0.offset) } }
}
