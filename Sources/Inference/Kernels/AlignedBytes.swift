/// Memory for packed weights and their like, aligned for any vector load. Written while it is made, then only read.
final class AlignedBytes: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let count: Int

    /// Zeroed.
    init(count: Int) {
        self.count = count
        pointer = .allocate(byteCount: max(count, 1), alignment: MemoryPlan.alignmentBytes)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 1))
    }

    /// The values, and zeros up to `capacity` of them.
    convenience init<Value: BitwiseCopyable>(_ values: [Value], capacity: Int = 0) {
        self.init(count: max(values.count, capacity) * MemoryLayout<Value>.stride)
        values.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            pointer.copyMemory(from: start, byteCount: source.count)
        }
    }

    deinit { pointer.deallocate() }

    func values<Value>(as type: Value.Type) -> UnsafePointer<Value> {
        UnsafePointer(pointer.assumingMemoryBound(to: type))
    }
}
