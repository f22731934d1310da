/// The memory of a run. It has one owner, which may be on any thread.
struct Arena: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Zeroed, so that no run can see what another left.
    init(byteCount: Int) {
        base = .allocate(byteCount: max(byteCount, 1), alignment: MemoryPlan.alignmentBytes)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
        self.byteCount = byteCount
    }

    deinit { base.deallocate() }

    /// The address of a piece that the memory plan placed here.
    func address(_ offset: Int, byteCount: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && offset + byteCount <= self.byteCount, "a value outside its arena")
        return base + offset
    }
}
