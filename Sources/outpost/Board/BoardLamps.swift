import Appliance
import ArgumentParser

extension BoardCommand {
    struct Lamps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what each lamp shows now and why, and what the lamps of this board can show.")
        @OptionGroup var options: ConfigurationOption
        @Option(help: "Of the table: en or uk.") var language = ApplianceConfiguration.Language.english
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() async throws {
            let report = try await options.askBoard(.lamps)
            if json { return try Console.print(json: report) }
            for line in Self.lines(report, BoardTexts(language)) { print(Console.plain(line)) }
        }

        static func lines(_ report: LampReport, _ texts: BoardTexts) -> [String] {
            let card = LampCard(texts, lamps: Set(report.lamps.map(\.lamp)))
            var lines: [String] = []
            if let board = report.board {
                lines.append("board: \(report.title ?? board) (\(board))")
            } else {
                lines.append("board: unknown; there are no lamps (outpost works without them)")
            }
            lines.append("states: " + report.states.map { card.name($0) }.joined(separator: ", "))
            if let shown = report.shown {
                lines.append("shown before them for \(report.shownSeconds) s: \(card.name(shown))")
            }
            if report.isIdentifying { lines.append("all lamps tell which box this is") }
            lines += report.lamps.map { reading in
                card.line(reading) + (reading.isLost ? " (CANNOT BE LIT NOW: the unit's log says why)" : "")
            }
            lines += report.reasons
            if !report.lamps.isEmpty { lines += [""] + BoardState.allCases.map { card.line($0) } }
            return lines
        }
    }
}
