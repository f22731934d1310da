/// The clinic's card: what the lamps of a board say, as a table in Markdown. Made of the very table that drives the
/// lamps, so that the two cannot differ.
public struct LampCard: Sendable {
    private let texts: BoardTexts
    private let lamps: [Lamp]

    /// - Parameter lamps: those that the board has.
    public init(_ texts: BoardTexts, lamps: Set<Lamp> = Set(Lamp.allCases)) {
        self.texts = texts
        self.lamps = Lamp.allCases.filter(lamps.contains)
    }

    /// The card for a wall.
    public var markdown: String {
        let heads = [texts.columns.state, texts.columns.lamps, texts.columns.meaning, texts.columns.advice]
        let rows = BoardState.allCases.map { state in
            let words = texts.state(state)
            return ["**\(words.name)**", shown(state), words.meaning, words.advice]
        }
        return (["# \(texts.title)", texts.introduction]
            + [Self.table([texts.columns.lamp, ""], lamps.map { [texts.lamp($0), texts.lampPurpose($0)] })]
            + [Self.table(heads, rows)]
            + ["## \(texts.buttonTitle)", buttonTable, "## \(texts.darkTitle)", texts.dark])
            .joined(separator: "\n\n") + "\n"
    }

    /// `docs/LAMPS.md`: the card of a board with four lamps and what others show, in every language.
    public static var document: String {
        // The least there can be, and what boards of `provisioning/boards` have.
        let fewer: [Set<Lamp>] = [[.health], [.health, .attention], [.health, .activity, .attention]]
        return ApplianceConfiguration.Language.allCases
            .map { LampCard(BoardTexts($0)).markdown(withFewer: fewer) }.joined(separator: "\n---\n\n")
    }

    /// The card, and what boards with fewer lamps show.
    private func markdown(withFewer boards: [Set<Lamp>]) -> String {
        let heads = [texts.columns.state] + boards.map { board in
            Lamp.allCases.filter(board.contains).map { texts.lamp($0) }.joined(separator: ", ")
        }
        let rows = BoardState.allCases.map { state in
            [texts.state(state).name] + boards.map { LampCard(texts, lamps: $0).shown(state) }
        }
        return [markdown + "\n## \(texts.fewerTitle)", texts.fewerIntroduction, Self.table(heads, rows)]
            .joined(separator: "\n\n") + "\n"
    }

    /// One line for a lamp: its rhythm drawn and in words.
    public func line(_ reading: LampReport.Reading) -> String {
        "\(reading.pattern.drawing)  \(texts.lamp(reading.lamp)): \(texts.pattern(reading.pattern))"
    }

    /// What a state is called.
    public func name(_ state: BoardState) -> String { texts.state(state).name }

    /// One line for a state: on which lamps it is seen.
    public func line(_ state: BoardState) -> String {
        let places = LampTable.places(of: state, on: Set(lamps))
        guard !places.isEmpty else { return "\(texts.state(state).name): \(texts.notShown)" }
        let words = lamps.compactMap { lamp in
            places[lamp].map { "\(texts.lamp(lamp)) \($0.drawing) \(texts.pattern($0))" }
        }
        return "\(texts.state(state).name): \(words.joined(separator: "; "))"
    }

    private func shown(_ state: BoardState) -> String {
        let places = LampTable.places(of: state, on: Set(lamps))
        guard !places.isEmpty else { return texts.notShown }
        return lamps.compactMap { lamp in
            places[lamp].map { "\(texts.lamp(lamp)): \(drawn($0))" }
        }.joined(separator: "<br>")
    }

    private func drawn(_ pattern: LampPattern) -> String { "`\(pattern.drawing)` \(texts.pattern(pattern))" }

    private var buttonTable: String {
        let rows: [(BoardTexts.ButtonWords, LampPattern)] = [
            (texts.identify, .longAndShort), (texts.counting, .secondsCount), (texts.reset, .on), (texts.stuck, .off),
        ]
        return Self.table(
            [texts.columns.press, texts.columns.lamps, texts.columns.meaning],
            rows.map { [$0.press, $0.lamps(drawn($1)), $0.meaning] })
    }

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let rule = heads.map { _ in "---" }
        return ([heads, rule] + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
}
