// Which values of a run may lie in the same bytes, and where. A step says what it can live with; whether it gets that
// is decided here, once for the whole plan. A step that does not get it copies.

/// What a step can live with. Operands and results go by position.
enum MemorySharing: Sendable, Equatable {
    /// The result holds the operand's bytes from an offset on: nothing is to be done where it lies there.
    case view(result: Int, operand: Int, offset: Int)
    /// The operand is the result's bytes from an offset on: made there, it need not be copied. `isRewritten` says that
    /// the step changes those bytes in place.
    case part(operand: Int, result: Int, offset: Int, isRewritten: Bool)
    /// The step may write its result over the operand, which is no smaller.
    case inPlace(result: Int, operand: Int)

    /// In the order in which they are granted: views and parts hold the same bytes, which are safe together, and
    /// whatever overwrites must know of all of them.
    enum Kind: CaseIterable {
        case view, part, overwriting
    }

    var kind: Kind {
        switch self {
        case .view: .view
        case .part(_, _, _, let isRewritten): isRewritten ? .overwriting : .part
        case .inPlace: .overwriting
        }
    }
}

/// Values by number in regions: a region is memory of its own, a value is a range of one.
struct MemoryRegions {
    /// One value's bytes and the steps in which they must hold.
    struct Value {
        let byteCount: Int
        let firstStep: Int
        let lastStep: Int
    }

    private let values: [Value]
    /// Which region each value lies in, named by one of its values, and from where on.
    private(set) var places: [(region: Int, offset: Int)]
    private var members: [[Int]]
    private var sizes: [Int]

    init(_ values: [Value]) {
        self.values = values
        places = values.indices.map { ($0, 0) }
        members = values.indices.map { [$0] }
        sizes = values.map(\.byteCount)
    }

    /// The regions' sizes, and the steps from the first to the last in which any of a region's values is alive.
    var regions: [(region: Int, value: Value)] {
        members.indices.filter { !members[$0].isEmpty }.map { region in
            let first = members[region].map { values[$0].firstStep }.min() ?? 0
            let last = members[region].map { values[$0].lastStep }.max() ?? 0
            return (region, Value(byteCount: sizes[region], firstStep: first, lastStep: last))
        }
    }

    /// Grants what a step can live with where no value loses its bytes while it is needed.
    /// Sharings of all steps are offered in the order of their kinds.
    mutating func offer(_ sharing: MemorySharing, step: Int, operands: [Int?], results: [Int]) {
        switch sharing {
        case .view(let result, let operand, let offset):
            guard let operand = operands[operand] else { return }
            join(results[result], to: operand, offset: offset)
        case .part(let position, let result, let offset, let isRewritten):
            let result = results[result]
            guard let operand = operands[position], operands.count(where: { $0 == operand }) == 1,
                isNew(result, bytes: offset..<(offset + values[operand].byteCount), at: step)
            else { return }
            if isRewritten, !isLast(operand, at: step, among: operands) { return }
            join(operand, to: result, offset: offset)
        case .inPlace(let result, let position):
            let result = results[result]
            guard let operand = operands[position], operands.count(where: { $0 == operand }) == 1,
                values[result].byteCount <= values[operand].byteCount,
                isNew(result, bytes: 0..<values[result].byteCount, at: step),
                isLast(operand, at: step, among: operands)
            else { return }
            if !join(result, to: operand, offset: 0) { join(operand, to: result, offset: 0) }
        }
    }

    /// Moves the region that `value` fills to a place within `host`; false where it is not one, or is there already.
    @discardableResult
    private mutating func join(_ value: Int, to host: Int, offset: Int) -> Bool {
        let (region, start) = places[value], (target, base) = places[host]
        guard region != target, start == 0, sizes[region] == values[value].byteCount,
            offset + sizes[region] <= values[host].byteCount
        else { return false }
        for member in members[region] {
            places[member] = (target, places[member].offset + base + offset)
        }
        members[target] += members[region]
        members[region] = []
        return true
    }

    /// Whether nobody needs an operand's bytes once a step is done, nor another operand of the step during it.
    private func isLast(_ operand: Int, at step: Int, among operands: [Int?]) -> Bool {
        sharers(of: operand, bytes: 0..<values[operand].byteCount).allSatisfy { sharer in
            values[sharer].lastStep <= step && (sharer == operand || !operands.contains(sharer))
        }
    }

    /// Whether nobody needs these bytes of a result before the step that makes it.
    private func isNew(_ result: Int, bytes: Range<Int>, at step: Int) -> Bool {
        sharers(of: result, bytes: bytes).allSatisfy { values[$0].firstStep >= step }
    }

    /// All values that lie in any of a value's bytes, itself among them.
    private func sharers(of value: Int, bytes: Range<Int>) -> [Int] {
        let (region, start) = places[value]
        let range = (start + bytes.lowerBound)..<(start + bytes.upperBound)
        return members[region].filter { member in
            let offset = places[member].offset
            return range.overlaps(offset..<(offset + values[member].byteCount))
        }
    }
}
