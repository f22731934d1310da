import Records

/// Whether the board is known and its lamps can be lit. A box without lamps does its work as well.
struct LampsSelfTest: SelfTestCheck {
    let dataFolder: String
    /// The board that the configuration names; nil finds it by the device tree.
    let board: String?
    var places = BoardPlaces()

    var subject: SelfTestSubject { .lamps }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        // The board's unit has the lines: nobody else could try them meanwhile.
        let client = ControlClient(dataFolder: dataFolder, stage: .board)
        if client.isRunning, case .lamps(let report)? = try? await client.ask(.lamps) { return [finding(report)] }
        let found = BoardCatalogue(places: places).find(board)
        let problems = found.problems.map { SelfTestFinding(.attention, .boardUnusable(reason: $0)) }
        return problems + [SelfTestFinding(.ok, found.board.map { .boardKnown(title: $0.title) } ?? .noLamps)]
    }

    private func finding(_ report: LampReport) -> SelfTestFinding {
        guard let board = report.title ?? report.board else { return .init(.ok, .noLamps) }
        let lost = report.lamps.filter(\.isLost).map(\.lamp.rawValue)
        return lost.isEmpty
            ? .init(.ok, .lampsWork(board: board, count: report.lamps.count)) : .init(.attention, .lampsLost(lost))
    }
}
