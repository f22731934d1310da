/// Which lamp shows which state, and how: the one table behind the lamps, the clinic's card and its test.
///
/// A lamp shows the first state of the table that holds and has a place on it; no state, dark. A state whose lamp a
/// board does not have moves to another one, with another rhythm where that lamp has its own for it, so that a board
/// with one lamp still tells what must be told.
public enum LampTable {
    struct Row: Sendable {
        var state: BoardState
        /// On a board that has the lamps.
        var shown: [Lamp: LampPattern]
        /// Where it has none of them: the first of these that there is.
        var instead: [(lamp: Lamp, pattern: LampPattern)] = []
    }

    /// The most important first.
    static let rows: [Row] = [
        Row(state: .updating, shown: [.health: .tripleFlash]),
        Row(state: .fault, shown: [.health: .fastBlink]),
        Row(state: .booting, shown: [.health: .slowBlink]),
        Row(state: .notProvisioned, shown: [.health: .doubleFlash]),
        Row(state: .diskNearlyFull, shown: [.attention: .slowBlink], instead: [(.health, .wink)]),
        Row(
            state: .pacsUnreachable, shown: [.hub: .fastBlink],
            instead: [(.attention, .doubleFlash), (.health, .wink)]),
        Row(
            state: .waitingForHub, shown: [.hub: .slowBlink],
            instead: [(.attention, .tripleFlash), (.health, .wink)]),
        Row(state: .needsAttention, shown: [.attention: .on], instead: [(.health, .wink)]),
        Row(state: .receiving, shown: [.activity: .fastBlink]),
        Row(state: .analysing, shown: [.activity: .slowBlink]),
        Row(state: .ready, shown: [.health: .on, .hub: .on]),
    ]

    /// What each of `lamps` shows while `states` hold.
    ///
    /// - Parameter first: a state that comes before all others, whether it holds or not.
    public static func patterns(
        for states: Set<BoardState>, first: BoardState? = nil, on lamps: Set<Lamp>
    ) -> [Lamp: LampPattern] {
        var patterns: [Lamp: LampPattern] = [:]
        let holding = rows.filter { $0.state == first } + rows.filter { states.contains($0.state) }
        for row in holding {
            patterns.merge(places(of: row, on: lamps)) { earlier, _ in earlier }
        }
        for lamp in lamps where patterns[lamp] == nil { patterns[lamp] = .off }
        return patterns
    }

    /// Where a board with `lamps` shows `state`; empty where it has no lamp for it.
    public static func places(of state: BoardState, on lamps: Set<Lamp>) -> [Lamp: LampPattern] {
        rows.first { $0.state == state }.map { places(of: $0, on: lamps) } ?? [:]
    }

    private static func places(of row: Row, on lamps: Set<Lamp>) -> [Lamp: LampPattern] {
        let own = row.shown.filter { lamps.contains($0.key) }
        if !own.isEmpty { return own }
        return row.instead.first { lamps.contains($0.lamp) }.map { [$0.lamp: $0.pattern] } ?? [:]
    }
}
