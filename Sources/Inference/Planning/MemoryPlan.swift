/// Where the values of a run lie: one arena, in which values that never live at the same time share memory.
public struct MemoryPlan: Sendable, Codable, Equatable {
    /// One value's place.
    public struct Placement: Sendable, Codable, Equatable {
        public let name: String
        /// From the arena's start, a multiple of ``MemoryPlan/alignmentBytes``.
        public let offset: Int
        public let byteCount: Int
        /// The first and last step in which the value is alive. Inputs live from step 0, outputs to the last.
        public let firstStep: Int
        public let lastStep: Int
    }

    /// A cache line; more than any vector load wants.
    public static let alignmentBytes = 64

    public let placements: [Placement]
    /// Where the steps' scratch memory begins; one piece, used by one step at a time.
    public let scratchOffset: Int
    public let scratchBytes: Int
    /// The whole arena, scratch included: what each run allocates.
    public var arenaBytes: Int { scratchOffset + scratchBytes }
    /// Packed weights, kept as long as the plan.
    public let constantBytes: Int

    struct Value {
        let name: String
        let byteCount: Int
        let firstStep: Int
        let lastStep: Int
    }

    /// Places the largest values first, each in the tightest gap that its contemporaries leave.
    init(_ values: [Value], scratchBytes: Int, constantBytes: Int) {
        let order = values.indices.sorted {
            (values[$0].byteCount, $1) > (values[$1].byteCount, $0)
        }
        // In order of offset, so that a value's contemporaries need no sorting.
        var placed: [Placement] = []
        var offsets = [Int](repeating: 0, count: values.count)
        for index in order {
            let value = values[index]
            let contemporaries = placed.lazy
                .filter { $0.firstStep <= value.lastStep && value.firstStep <= $0.lastStep }
            let offset = Self.offset(value.byteCount, among: contemporaries)
            offsets[index] = offset
            let position = placed.firstIndex { $0.offset > offset } ?? placed.count
            placed.insert(Placement(value, offset: offset), at: position)
        }
        placements = values.indices.map { Placement(values[$0], offset: offsets[$0]) }
        scratchOffset = placements.map { Self.aligned($0.offset + $0.byteCount) }.max() ?? 0
        self.scratchBytes = Self.aligned(scratchBytes)
        self.constantBytes = constantBytes
    }

    private static func offset(_ byteCount: Int, among placed: some Sequence<Placement>) -> Int {
        var end = 0, best: (offset: Int, gap: Int)?
        for placement in placed {
            let gap = placement.offset - end
            if gap >= byteCount, gap < best?.gap ?? Int.max { best = (end, gap) }
            end = max(end, aligned(placement.offset + placement.byteCount))
        }
        return best?.offset ?? end
    }

    static func aligned(_ count: Int) -> Int { (count + alignmentBytes - 1) / alignmentBytes * alignmentBytes }
}

extension MemoryPlan.Placement {
    fileprivate init(_ value: MemoryPlan.Value, offset: Int) {
        self.init(
            name: value.name, offset: offset, byteCount: value.byteCount, firstStep: value.firstStep,
            lastStep: value.lastStep)
    }
}
