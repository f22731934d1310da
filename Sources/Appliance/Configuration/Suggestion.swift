/// Finds the key that was probably meant.
enum Suggestion {
    /// The nearest of `known`, if it is near enough to be more than a guess.
    static func nearest(to word: String, among known: [String]) -> String? {
        let typed = normalised(word)
        let candidates = known.map { (key: $0, distance: distance(typed, normalised($0))) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        // One slip in a short word, at most three in a long one.
        let allowed = min(3, max(1, best.key.count / 3))
        return best.distance <= allowed ? best.key : nil
    }

    private static func normalised(_ word: String) -> [Character] {
        // A longer word is no slip of a key, and the distance costs the product of the lengths.
        word.lowercased().prefix(64).map { $0 == "-" || $0 == " " ? "_" : $0 }
    }

    /// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours each cost 1.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, leftCharacter) in left.enumerated() {
            var current = [row + 1]
            for (column, rightCharacter) in right.enumerated() {
                let same = leftCharacter == rightCharacter
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (same ? 0 : 1))
                if row > 0, column > 0, leftCharacter == right[column - 1], left[row - 1] == rightCharacter {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
