import TestSupport

/// What a loss of power does to the unsynchronised changes of one file or folder.
///
/// Chance for each change alone would almost never keep or lose all of many, nor the first of them only; and those are
/// the states that a real disk leaves most often.
enum Luck {
    /// The first so many changes are kept; the one after them is torn.
    case prefix(Int)
    /// Each is kept, lost or torn by itself, kept with this probability.
    case each(Double)

    /// One change in so many is torn.
    private static let tornEvery = 4

    init(of count: Int, using chance: inout SeededGenerator) {
        switch Int.random(in: 0..<6, using: &chance) {
        case 0: self = .prefix(count)
        case 1: self = .each(0)
        case 2: self = .prefix(Int.random(in: 0...count, using: &chance))
        case 3: self = .each(0.9)
        case 4: self = .each(0.1)
        default: self = .each(0.5)
        }
    }

    /// How many changes of a file's size, of `count` in their order, are kept.
    func sizesKept(of count: Int, using chance: inout SeededGenerator) -> Int {
        if case .prefix(let kept) = self { return kept }
        switch Int.random(in: 0..<3, using: &chance) {
        case 0: return 0
        case 1: return count
        default: return Int.random(in: 0...count, using: &chance)
        }
    }

    /// Whether a change that is all or nothing is kept.
    func keeps(change: Int, using chance: inout SeededGenerator) -> Bool {
        switch self {
        case .prefix(let kept): change < kept
        case .each(let probability): Double.random(in: 0..<1, using: &chance) < probability
        }
    }

    /// The sectors of one write that are kept.
    func kept(_ sectors: ClosedRange<Int>, ofChange change: Int, using chance: inout SeededGenerator) -> [Int] {
        let isTorn = switch self {
        case .prefix(let kept): change == kept
        case .each: Int.random(in: 0..<Self.tornEvery, using: &chance) == 0
        }
        guard isTorn else { return keeps(change: change, using: &chance) ? Array(sectors) : [] }
        return sectors.filter { _ in Bool.random(using: &chance) }
    }
}
