/// Where the values of a run lie: one arena, in which values that never live at the same time share memory, and in
/// which values that hold the same bytes lie in one place.
public struct MemoryPlan: Sendable, Codable, Equatable {
    /// One value's place.
    public struct Placement: Sendable, Codable, Equatable {
        public let name: String
        /// From the arena's start.
        public let offset: Int
        public let byteCount: Int
        /// The first and last step in which the value is alive. Inputs live from step 0, outputs beyond the last.
        public let firstStep: Int
        public let lastStep: Int
    }

    /// A cache line; more than any vector load wants. Regions begin at multiples of it, values within one where they
    /// must.
    public static let alignmentBytes = 64

    public let placements: [Placement]
    /// The values of a run, without scratch.
    public let valueBytes: Int
    /// Scratch memory of each thread in a step that several do together.
    public let scratchBytes: Int
    /// Scratch memory in a step that one thread does alone.
    public let undividedScratchBytes: Int
    /// Packed weights and other constants, kept as long as the plan.
    public let constantBytes: Int

    /// What a run takes: the values, and scratch memory, which one step uses at a time.
    public func arenaBytes(threads: Int) -> Int {
        valueBytes + max(threads * scratchBytes, undividedScratchBytes)
    }

    struct Value {
        let name: String
        let byteCount: Int
        let firstStep: Int
        let lastStep: Int
    }

    /// What one step can live with: see ``MemorySharing``. Values go by their index; nil is not in the arena.
    struct Step {
        let sharings: [MemorySharing]
        let operands: [Int?]
        let results: [Int]
    }

    /// Shares what can be shared, then places the largest regions first, each in the tightest gap that its
    /// contemporaries leave.
    init(
        _ values: [Value], steps: [Step] = [], scratchBytes: Int = 0, undividedScratchBytes: Int = 0,
        constantBytes: Int = 0
    ) {
        var regions = MemoryRegions(
            values.map { .init(byteCount: $0.byteCount, firstStep: $0.firstStep, lastStep: $0.lastStep) })
        for kind in MemorySharing.Kind.allCases {
            for (index, step) in steps.enumerated() {
                for sharing in step.sharings where sharing.kind == kind {
                    regions.offer(sharing, step: index, operands: step.operands, results: step.results)
                }
            }
        }
        let offsets = Self.offsets(of: regions.regions)
        placements = values.indices.map { index in
            let (region, offset) = regions.places[index]
            return Placement(values[index], offset: (offsets[region] ?? 0) + offset)
        }
        valueBytes = placements.map { Self.aligned($0.offset + $0.byteCount) }.max() ?? 0
        self.scratchBytes = Self.aligned(scratchBytes)
        self.undividedScratchBytes = Self.aligned(undividedScratchBytes)
        self.constantBytes = constantBytes
    }

    private static func offsets(of regions: [(region: Int, value: MemoryRegions.Value)]) -> [Int: Int] {
        // In order of offset, so that a region's contemporaries need no sorting.
        var placed: [(offset: Int, value: MemoryRegions.Value)] = []
        var offsets: [Int: Int] = [:]
        let largestFirst = regions.sorted { ($0.value.byteCount, $1.region) > ($1.value.byteCount, $0.region) }
        for (region, value) in largestFirst {
            var end = 0, best: (offset: Int, gap: Int)?
            for other in placed
            where other.value.firstStep <= value.lastStep && value.firstStep <= other.value.lastStep {
                let gap = other.offset - end
                if gap >= value.byteCount, gap < best?.gap ?? Int.max { best = (end, gap) }
                end = max(end, aligned(other.offset + other.value.byteCount))
            }
            let offset = best?.offset ?? end
            offsets[region] = offset
            placed.insert((offset, value), at: placed.firstIndex { $0.offset > offset } ?? placed.count)
        }
        return offsets
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
